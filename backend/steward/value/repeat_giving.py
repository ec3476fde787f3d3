"""Classic models of repeat giving: how many gifts a donor still has in them, from three numbers of their history.

BG/BB (Fader, Hardie & Shang 2010) counts yes-or-no opportunities such as years; BG/NBD (Fader, Hardie & Lee 2005) counts
gifts in continuous time; the gamma-gamma model (Fader & Hardie 2013) says how large the next ones are. Fitted by maximum
likelihood on (history, donors with that history) pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts when they are first used: most nights use none

from steward.errors import NotEnoughData
from steward.models.metrics import Array


@dataclass(frozen=True)
class Histories:
    """Per donor or per kind of donor: repeat gifts, time of the last one, time watched, how many donors; equal length.

    Time starts at the first gift, which is not counted. BG/BB counts periods, BG/NBD any unit of time.
    """

    repeats: Array
    last: Array
    watched: Array
    donors: Array


@dataclass(frozen=True)
class BetaGeometricBetaBinomial:
    """At each opportunity a living donor gives with chance p ~ Beta(alpha, beta), then leaves with q ~ Beta(gamma, delta)."""

    alpha: float
    beta: float
    gamma: float
    delta: float
    log_likelihood: float

    def expected_gifts(self, known: Histories, periods: int) -> Array:
        """Opportunities taken in the next `periods`, given each history."""
        a, b, c, d = self.alpha, self.beta, self.gamma, self.delta
        x, n = known.repeats, known.watched
        betaln, logsumexp = scipy.special.betaln, scipy.special.logsumexp
        ahead = n[:, None] + np.arange(1, periods + 1)
        still_there = logsumexp(betaln(c, d + ahead) - betaln(c, d), axis=1)
        gives = betaln(a + x + 1, b + n - x) - betaln(a, b)
        return np.asarray(np.exp(gives + still_there - _bgbb_log(known, a, b, c, d)))


@dataclass(frozen=True)
class BetaGeometricNegativeBinomial:
    """A living donor gives at rate λ ~ Gamma(r, alpha) and leaves after a gift with chance p ~ Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def expected_gifts(self, known: Histories, ahead: float) -> Array:
        """Gifts in the next `ahead` units of time, given each history."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, last, watched = known.repeats, known.last, known.watched
        total = alpha + watched
        ahead_share = ahead / (total + ahead)
        # By Euler's transformation: the series as published overflows for who gave hundreds of times.
        hyp2f1 = scipy.special.hyp2f1
        growth = 1 - (1 - ahead_share) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, ahead_share)
        left = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log(total / (alpha + last))  # log-odds
        alive = np.where(x > 0, scipy.special.expit(-left), 1.0)
        return np.asarray(np.maximum((a + b + x - 1) / (a - 1) * growth * alive, 0.0))


@dataclass(frozen=True)
class GammaGamma:
    """Gift sizes vary around each donor's own mean, and the means around the base's."""

    p: float
    q: float
    v: float

    def expected_size(self, average: Array, gifts: Array) -> Array:
        """Each donor's own mean: the average of their gifts, drawn to the base's where they are few."""
        return np.asarray(self.p * (self.v + gifts * average) / (self.p * gifts + self.q - 1))


def fit_bgbb(known: Histories) -> BetaGeometricBetaBinomial:
    def loss(logs: Array) -> float:
        return -float(known.donors @ _bgbb_log(known, *np.exp(logs)))

    logs, value = _best(loss, [np.zeros(4), np.log([1.2, 0.8, 0.6, 2.5])])
    alpha, beta, gamma, delta = (float(v) for v in np.exp(logs))
    return BetaGeometricBetaBinomial(alpha, beta, gamma, delta, log_likelihood=-value)


def fit_bgnbd(known: Histories) -> BetaGeometricNegativeBinomial:
    """Time is rescaled while fitting, so that days and years fit alike."""
    scale = float(np.max(known.watched)) / 10
    inner = Histories(known.repeats, known.last / scale, known.watched / scale, known.donors)

    def loss(logs: Array) -> float:
        return -float(known.donors @ _bgnbd_log(inner, *np.exp(logs)))

    logs, value = _best(loss, [np.zeros(4), np.array([-1.0, 1.0, -0.5, 1.0])])
    r, alpha, a, b = (float(v) for v in np.exp(logs))
    shift = float(known.donors @ known.repeats) * np.log(scale)
    return BetaGeometricNegativeBinomial(r, alpha * scale, a, b, log_likelihood=-value - shift)


def fit_gamma_gamma(average: Array, gifts: Array) -> GammaGamma:
    """From each repeat donor's average gift and number of gifts."""
    scale = float(np.mean(average))
    m = average / scale
    gammaln = scipy.special.gammaln

    def loss(logs: Array) -> float:
        p, q, v = np.exp(logs)
        parts = gammaln(p * gifts + q) - gammaln(p * gifts) - gammaln(q) + q * np.log(v)
        parts += (p * gifts - 1) * np.log(m) + p * gifts * np.log(gifts) - (p * gifts + q) * np.log(gifts * m + v)
        return -float(parts.mean())

    # q is kept above 1: below, the mean of the donors' means is not finite.
    logs, _ = _best(loss, [np.log([2.0, 3.0, 2.0])], bounds=[(-6, 8), (np.log(1.05), 8), (-8, 10)])
    p, q, v = (float(value) for value in np.exp(logs))
    return GammaGamma(p, q, v * scale)


def _bgbb_log(known: Histories, a: float, b: float, c: float, d: float) -> Array:
    """Log-likelihood of each history: alive to the end, or gone after some opportunity since the last gift."""
    x, last, n = known.repeats, known.last, known.watched
    betaln = scipy.special.betaln
    bare = betaln(a, b) + betaln(c, d)
    total = betaln(a + x, b + n - x) + betaln(c, d + n) - bare
    for after in range(int((n - last).max(initial=0))):
        seen = last + after
        part = betaln(a + x, b + seen - x) + betaln(c + 1, d + seen) - bare
        total = np.where(after < n - last, np.logaddexp(total, part), total)
    return np.asarray(total)


def _bgnbd_log(known: Histories, r: float, alpha: float, a: float, b: float) -> Array:
    x, last, watched = known.repeats, known.last, known.watched
    gammaln, betaln = scipy.special.gammaln, scipy.special.betaln
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + watched)
    more = np.maximum(x, 1)
    gone = np.log(a) - np.log(b + more - 1) - (r + x) * np.log(alpha + last)
    return np.asarray(common + np.where(x > 0, np.logaddexp(alive, gone), alive))


def _best(
    loss: Callable[[Array], float], starts: list[Array], bounds: list[tuple[float, float]] | None = None
) -> tuple[Array, float]:
    """The lowest minimum reached from several starts, in log parameters."""
    limits = bounds or [(-8.0, 8.0)] * len(starts[0])
    found = [scipy.optimize.minimize(loss, start, method="L-BFGS-B", bounds=limits) for start in starts]
    best = min(found, key=lambda one: float(one.fun) if np.isfinite(one.fun) else np.inf)
    if not np.isfinite(best.fun):
        raise NotEnoughData("The history of repeat gifts fits no model.", "The rule is used until more is on record.")
    return np.asarray(best.x), float(best.fun)
