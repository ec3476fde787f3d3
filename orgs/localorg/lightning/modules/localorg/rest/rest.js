/** The org's API as the page's user; what it refuses is thrown in the form Lightning components know: status and body. */
const API = '/services/data/v67.0';

export const analyticsApi = (path) => `${API}/analytics/${path}`;

export const uiApi = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value.length !== 0);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `${API}/ui-api/${path}${text && `?${text}`}`;
};

export async function send(method, path, body, headers = {}) {
  const reply = await fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Localorg-Page': '1', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (reply.status === 401) {
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`/lightning/login?retURL=${back}`);
  }
  const text = await reply.text();
  const answer = text ? parsed(text) : undefined;
  if (reply.ok) return answer;
  const refused = new Error(answer?.message ?? answer?.[0]?.message ?? reply.statusText);
  throw Object.assign(refused, { ok: false, status: reply.status, statusText: reply.statusText, body: answer });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
