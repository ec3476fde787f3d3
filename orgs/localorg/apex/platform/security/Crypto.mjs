/** System.Crypto, on Node's own. */
import {
  constants, createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt,
  randomBytes, randomInt, sign, timingSafeEqual, verify,
} from 'node:crypto';
import { raise } from '../../engine/errors.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { Blob, long } from '../../engine/values.mjs';
import { strictStatic } from '../support/arguments.mjs';

const DIGESTS = { MD5: 'md5', SHA1: 'sha1', 'SHA-1': 'sha1', SHA256: 'sha256', 'SHA-256': 'sha256', SHA512: 'sha512', 'SHA-512': 'sha512', 'SHA3-256': 'sha3-256', 'SHA3-384': 'sha3-384', 'SHA3-512': 'sha3-512' };
const CIPHERS = { AES128: ['aes-128-cbc', 16], AES192: ['aes-192-cbc', 24], AES256: ['aes-256-cbc', 32] };
const GCM = { 'AES128-GCM': ['aes-128-gcm', 16], 'AES192-GCM': ['aes-192-gcm', 24], 'AES256-GCM': ['aes-256-gcm', 32] };
const IV_LENGTH = 16;

const refuse = (message) => raise('SecurityException', message);
const illegal = (message) => raise('InvalidParameterValueException', message);

function named(table, name, what) {
  const found = table[name] ?? table[name.toUpperCase()];
  if (!found) throw illegal(`${what}: ${name}`);
  return found;
}

const blob = (bytes) => new Blob(bytes);

/** Node's refusals in the platform's words. */
function guarded(work, message) {
  try {
    return blob(work());
  } catch (problem) {
    throw refuse(message ?? problem.message);
  }
}

function cipher(name, key) {
  const [algorithm, length] = named({ ...CIPHERS, ...GCM }, name, 'Invalid algorithm');
  if (key.bytes.length !== length) throw illegal(`Invalid private key. Must be ${length} bytes.`);
  return algorithm;
}

function vector(bytes) {
  if (bytes.length !== IV_LENGTH) throw illegal(`Invalid initialization vector. Must be ${IV_LENGTH} bytes.`);
  return bytes;
}

function encrypt(name, key, iv, data) {
  const algorithm = cipher(name, key);
  const ready = createCipheriv(algorithm, key.bytes, vector(iv.bytes));
  return blob(Buffer.concat([ready.update(data.bytes), ready.final()]));
}

function decrypt(name, key, iv, data) {
  const algorithm = cipher(name, key);
  vector(iv.bytes);
  return guarded(() => opened(algorithm, key.bytes, iv.bytes, data.bytes), 'Given final block not properly padded');
}

function opened(algorithm, key, iv, data) {
  const ready = createDecipheriv(algorithm, key, iv);
  return Buffer.concat([ready.update(data), ready.final()]);
}

/** The managed form: a fresh vector stands before the encrypted text. */
function encryptManaged(name, key, data) {
  const iv = randomBytes(IV_LENGTH);
  return blob(Buffer.concat([iv, encrypt(name, key, blob(iv), data).bytes]));
}

function decryptManaged(name, key, data) {
  if (data.bytes.length < IV_LENGTH * 2) throw refuse('Input length must be multiple of 16 when decrypting with padded cipher');
  return decrypt(name, key, blob(data.bytes.subarray(0, IV_LENGTH)), blob(data.bytes.subarray(IV_LENGTH)));
}

function mac(name, data, key) {
  const digest = { HMACMD5: 'md5', HMACSHA1: 'sha1', HMACSHA256: 'sha256', HMACSHA512: 'sha512' };
  return blob(createHmac(named(digest, name.replaceAll('-', '').toUpperCase(), 'Invalid algorithm'), key.bytes).update(data.bytes).digest());
}

const signing = (name) => {
  const found = /^(RSA|ECDSA)(?:-(SHA1|SHA256|SHA384|SHA512))?$/i.exec(name);
  if (!found) throw illegal(`Invalid algorithm: ${name}`);
  return (found[2] ?? 'SHA1').toLowerCase();
};

/** Keys are DER: PKCS8 private, X.509 public. */
const privateKey = (key) => createPrivateKey({ key: key.bytes, format: 'der', type: 'pkcs8' });
const publicKey = (key) => createPublicKey({ key: key.bytes, format: 'der', type: 'spki' });

function signed(name, data, key) {
  const digest = signing(name);
  return guarded(() => sign(digest, data.bytes, privateKey(key)), 'Invalid private key');
}

function verified(name, data, signature, key) {
  const digest = signing(name);
  try {
    return verify(digest, data.bytes, publicKey(key), signature.bytes);
  } catch {
    throw refuse('Invalid public key');
  }
}

function sameMac(name, data, key, expected) {
  const made = mac(name, data, key).bytes;
  return made.length === expected.bytes.length && timingSafeEqual(made, expected.bytes);
}

const oaep = (key) => ({ key, padding: constants.RSA_PKCS1_OAEP_PADDING });

function newKey(size) {
  if (![128, 192, 256].includes(size)) throw illegal('Invalid key size. Must be 128, 192 or 256.');
  return blob(randomBytes(size / 8));
}

const methods = {
  'Blob encrypt(String algorithm, Blob key, Blob vector, Blob data)': encrypt,
  'Blob decrypt(String algorithm, Blob key, Blob vector, Blob data)': decrypt,
  'Blob encryptWithManagedIV(String algorithm, Blob key, Blob data)': encryptManaged,
  'Blob decryptWithManagedIV(String algorithm, Blob key, Blob data)': decryptManaged,
  'Blob encryptAsymmetric(String algorithm, Blob key, Blob data)': (name, key, data) =>
    guarded(() => publicEncrypt(oaep(publicKey(key)), data.bytes)),
  'Blob decryptAsymmetric(String algorithm, Blob key, Blob data)': (name, key, data) =>
    guarded(() => privateDecrypt(oaep(privateKey(key)), data.bytes)),
  'Blob generateAesKey(Integer size)': newKey,
  'Blob generateDigest(String algorithm, Blob data)': (name, data) =>
    blob(createHash(named(DIGESTS, name, 'Invalid algorithm')).update(data.bytes).digest()),
  'Blob generateMac(String algorithm, Blob data, Blob key)': mac,
  'Boolean verifyHMac(String algorithm, Blob data, Blob key, Blob expected)': sameMac,
  'Boolean verifyMac(String algorithm, Blob data, Blob key, Blob expected)': sameMac,
  'Blob sign(String algorithm, Blob data, Blob key)': signed,
  'Boolean verify(String algorithm, Blob data, Blob signature, Blob key)': verified,
};

export default platformClass('Crypto', {
  static: {
    ...Object.fromEntries(Object.entries(methods).map(([signature, run]) => [signature, strictStatic(run)])),
    'Integer getRandomInteger()': () => randomInt(-2147483648, 2147483648),
    'Long getRandomLong()': () => long(randomBytes(8).readBigInt64BE()),
    'Blob signWithCertificate(String algorithm, Blob data, String certificate)': notEmulated('Crypto.signWithCertificate'),
    'Boolean verify(String algorithm, Blob data, Blob signature, String certificate)': notEmulated('Crypto.verify with a certificate'),
    'String signXML(String algorithm, Dom.XmlNode node, String idAttribute, String certificate)': notEmulated('Crypto.signXML'),
  },
});
