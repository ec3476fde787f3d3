"""The org's own certificate authority: clients trust `ca.pem`, the server holds a certificate for loopback."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Certificates:
    authority: Path  # ca.pem, what clients put into REQUESTS_CA_BUNDLE
    chain: Path
    key: Path


def ensure_certificates(folder: Path, names: tuple[str, ...] = LOOPBACK) -> Certificates:
    """The certificates in `folder`, made there the first time (a new set when the names it must serve have changed)."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    served = folder / "server.names"
    wanted = "\n".join(names)
    complete = all(path.exists() for path in (found.authority, found.chain, found.key, served))
    if complete and served.read_text() == wanted:
        return found
    authority = trustme.CA(organization_name="Local org")
    leaf = authority.issue_cert(*names, organization_name="Local org")
    authority.cert_pem.write_to_path(str(found.authority))
    found.chain.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    write_secret(found.key, leaf.private_key_pem.bytes())
    served.write_text(wanted)
    return found


def write_secret(path: Path, content: bytes) -> None:
    """Write a file only its owner may read, from its first byte."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def client_certificate(name: str, days: int = 365) -> tuple[bytes, bytes]:
    """A private key and a self-signed certificate (PEM), as an external client app uses for JWT bearer."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, certificate.public_bytes(serialization.Encoding.PEM)
