//! Signed notes and their keys as C2SP `signed-note` and `tlog-cosignature` describe them.

use std::fmt::{Display, Formatter};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use tollgate_model::{count_of, hex};

use crate::record::{Hash, sha256};

use super::error::AnchorError;

/// The longest note that is read, in bytes, and the most signatures of one.
const LONGEST: usize = 64 * 1024;
const MOST_SIGNATURES: usize = 64;
/// What a signature's line begins with.
const DASH: &str = "\u{2014} ";
const FORM_OF_KEY: &str = "give the file that `tollgate audit key` wrote, or its text: NAME+ID+KEY";
const FORM_OF_NOTE: &str = "give the file as it was signed: no line may be changed, added or left out";

/// What a key signs for; the number is the signature type of C2SP `signed-note`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The log itself: plain Ed25519 over the text.
    Log,
    /// A witness: Ed25519 over the time and the text.
    Witness,
}

impl KeyKind {
    fn number(self) -> u8 {
        match self {
            KeyKind::Log => 1,
            KeyKind::Witness => 4,
        }
    }

    fn of_number(number: u8) -> Option<KeyKind> {
        match number {
            1 => Some(KeyKind::Log),
            4 => Some(KeyKind::Witness),
            _ => None,
        }
    }
}

/// The public half of a key: who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// What the key is called; a log's checkpoints have it as their first line.
    pub name: String,
    /// What it signs for.
    pub kind: KeyKind,
    /// Ed25519 (RFC 8032).
    pub key: [u8; 32],
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '+')
}

/// `NAME+ID+BASE64` in its parts, the last as the kind of the key and 32 bytes.
fn key_parts(text: &str) -> Option<(&str, &str, KeyKind, [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (id, encoded) = rest.split_once('+')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (number, key) = bytes.split_first()?;
    is_name(name).then_some((name, id, KeyKind::of_number(*number)?, key.try_into().ok()?))
}

impl PublicKey {
    /// Reads the text of a key: `NAME+ID+BASE64`.
    pub fn parse(text: &str) -> Result<PublicKey, AnchorError> {
        let wrong = || AnchorError::form(format!("`{}` is no public key", shortened(text)), FORM_OF_KEY);
        let (name, id, kind, key) = key_parts(text.trim()).ok_or_else(wrong)?;
        let key = PublicKey { name: name.to_owned(), kind, key };
        if hex(&key.id()) != id || VerifyingKey::from_bytes(&key.key).is_err() {
            return Err(wrong());
        }
        Ok(key)
    }

    /// Reads a key from a file, or from the text itself where it has the form of one.
    pub fn read(file_or_text: &str) -> Result<PublicKey, AnchorError> {
        if key_parts(file_or_text.trim()).is_some() {
            return PublicKey::parse(file_or_text);
        }
        let path = Path::new(file_or_text);
        let text = read_text(path)?;
        if text.trim_start().starts_with(SECRET) {
            let what = format!("{}: is the secret half of a key", path.display());
            return Err(AnchorError::form(what, "give the public half: the file beside it that ends with .pub"));
        }
        PublicKey::parse(&text)
    }

    /// The first four bytes of the SHA-256 of name, line break, kind and key.
    pub fn id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = sha256(&[self.name.as_bytes(), &[b'\n', self.kind.number()], &self.key]);
        [a, b, c, d]
    }

    /// Whether a signature of this key is over a message.
    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(&self.key), Signature::from_slice(signature)) else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    }
}

impl Display for PublicKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[self.kind.number()], self.key.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), STANDARD.encode(bytes))
    }
}

/// Who signs: a key in a file, or one that a device holds and does not give out.
pub trait NoteSigner {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// The Ed25519 signature of a message, 64 bytes.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], AnchorError>;
}

/// What the text of a secret key begins with.
const SECRET: &str = "PRIVATE+KEY+";

/// The secret half of a key, from a file that only its owner may read.
pub struct SecretKey {
    key: SigningKey,
    public: PublicKey,
}

impl std::fmt::Debug for SecretKey {
    /// Without the secret.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey({})", self.public)
    }
}

impl SecretKey {
    /// Makes a new key.
    pub fn make(name: &str, kind: KeyKind) -> Result<SecretKey, AnchorError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)
            .map_err(|error| AnchorError::form(format!("no random bytes: {error}"), "try again"))?;
        SecretKey::of_seed(name, kind, &seed)
    }

    fn of_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<SecretKey, AnchorError> {
        if !is_name(name) {
            let what = format!("`{}` cannot be the name of a key", shortened(name));
            return Err(AnchorError::form(what, "write an address without spaces and +, such as example.com/ledger"));
        }
        let key = SigningKey::from_bytes(seed);
        let public = PublicKey { name: name.to_owned(), kind, key: key.verifying_key().to_bytes() };
        Ok(SecretKey { key, public })
    }

    /// Reads the text of a key: `PRIVATE+KEY+NAME+ID+BASE64`.
    pub fn parse(text: &str) -> Result<SecretKey, AnchorError> {
        let wrong = || AnchorError::form("the text is no secret key", FORM_OF_KEY);
        let rest = text.trim().strip_prefix(SECRET).ok_or_else(wrong)?;
        let (name, id, kind, seed) = key_parts(rest).ok_or_else(wrong)?;
        let key = SecretKey::of_seed(name, kind, &seed)?;
        if hex(&key.public.id()) == id { Ok(key) } else { Err(wrong()) }
    }

    /// Reads a key's file, which nobody but its owner may read.
    pub fn read(path: &Path) -> Result<SecretKey, AnchorError> {
        let mode = std::fs::metadata(path).map_err(|error| AnchorError::file(path, &error))?.permissions().mode();
        if mode & 0o077 != 0 {
            let what =
                format!("{}: others than its owner may read this key (mode {:03o})", path.display(), mode & 0o777);
            return Err(AnchorError::form(what, "chmod 600, and make a new key where somebody may have read it"));
        }
        SecretKey::parse(&read_text(path)?)
            .map_err(|_| AnchorError::form(format!("{}: holds no secret key", path.display()), FORM_OF_KEY))
    }

    /// Writes the key into a new file of mode 600.
    pub fn write(&self, path: &Path) -> Result<(), AnchorError> {
        let failed = |error: std::io::Error| AnchorError::file(path, &error);
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        let bytes = [&[self.public.kind.number()], self.key.as_bytes().as_slice()].concat();
        let (name, id) = (&self.public.name, hex(&self.public.id()));
        writeln!(file, "{SECRET}{name}+{id}+{}", STANDARD.encode(bytes)).map_err(failed)?;
        file.sync_all().map_err(failed)
    }
}

impl NoteSigner for SecretKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], AnchorError> {
        Ok(self.key.sign(message).to_bytes())
    }
}

/// A line of a note that says who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: [u8; 4],
    /// What the key made.
    pub bytes: Vec<u8>,
}

/// A text with signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// With its last line break.
    pub text: String,
    /// At least one.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Signs a text, which ends with a line break.
    pub fn sign(text: String, signer: &dyn NoteSigner) -> Result<Note, AnchorError> {
        let bytes = signer.sign(text.as_bytes())?.to_vec();
        let public = signer.public_key();
        let signature = NoteSignature { name: public.name.clone(), id: public.id(), bytes };
        Ok(Note { text, signatures: vec![signature] })
    }

    /// Adds a witness's signature, made at a time in seconds since 1970-01-01 UTC.
    pub fn countersign(&mut self, signer: &dyn NoteSigner, time_s: u64) -> Result<(), AnchorError> {
        let signature = signer.sign(&timed(time_s, &self.text))?;
        let public = signer.public_key();
        let bytes = [time_s.to_be_bytes().as_slice(), signature.as_slice()].concat();
        // Of a witness the latest signature is enough.
        self.signatures.retain(|known| known.name != public.name || known.id != public.id());
        self.signatures.push(NoteSignature { name: public.name.clone(), id: public.id(), bytes });
        Ok(())
    }

    /// Reads a note.
    pub fn parse(note: &str) -> Result<Note, AnchorError> {
        let wrong = |what: &str| AnchorError::form(format!("is no signed note: {what}"), FORM_OF_NOTE);
        if note.len() > LONGEST {
            return Err(wrong("it is too long"));
        }
        if note.contains(|letter: char| u32::from(letter) < 0x20 && letter != '\n') {
            return Err(wrong("it has control characters"));
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or_else(|| wrong("no empty line stands before signatures"))?;
        let lines = lines.strip_suffix('\n').ok_or_else(|| wrong("its last line is cut off"))?;
        let signatures: Option<Vec<NoteSignature>> = lines.split('\n').map(signature).collect();
        let signatures = signatures.ok_or_else(|| wrong("a line of a signature is not of its form"))?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(wrong("it has too many signatures"));
        }
        Ok(Note { text: format!("{text}\n"), signatures })
    }

    /// That a key signed it: an error where it did not, or where a signature in its name does not hold. For a witness's key, the time in seconds since
    /// 1970-01-01 UTC at which it signed; for a log's key, nothing.
    pub fn verify(&self, key: &PublicKey) -> Result<Option<u64>, AnchorError> {
        let mut found = None;
        for signature in self.signatures.iter().filter(|known| known.name == key.name && known.id == key.id()) {
            let time = match key.kind {
                KeyKind::Log => key.signed(self.text.as_bytes(), &signature.bytes).then_some(None),
                KeyKind::Witness => signature.bytes.split_first_chunk::<8>().and_then(|(time, bytes)| {
                    let time_s = u64::from_be_bytes(*time);
                    key.signed(&timed(time_s, &self.text), bytes).then_some(Some(time_s))
                }),
            };
            let broken = || AnchorError::Signature(format!("the signature of {} does not hold", key.name));
            found = Some(time.ok_or_else(broken)?);
        }
        found.ok_or_else(|| AnchorError::Signature(format!("is not signed by {key}")))
    }
}

/// What a witness signs.
fn timed(time_s: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {time_s}\n{text}").into_bytes()
}

fn signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    let has_bytes = is_name(name) && !bytes.is_empty();
    has_bytes.then(|| NoteSignature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for NoteSignature { name, id, bytes } in &self.signatures {
            writeln!(f, "{DASH}{name} {}", STANDARD.encode([id.as_slice(), bytes].concat()))?;
        }
        Ok(())
    }
}

/// A hash as notes have it.
pub(crate) fn encoded(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

/// Bytes as notes have them, read back; `None` where they are not of this form.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A hash of a note, read back; `None` where it is none.
pub(crate) fn decoded_hash(text: &str) -> Option<Hash> {
    decoded(text)?.try_into().ok()
}

/// The text of a file that is not longer than a note may be.
pub(crate) fn read_text(path: &Path) -> Result<String, AnchorError> {
    let failed = |error: std::io::Error| AnchorError::file(path, &error);
    // A byte more, so that a longer one is refused and not cut.
    let limit = count_of(LONGEST).saturating_add(1);
    let mut text = String::new();
    std::fs::File::open(path).map_err(failed)?.take(limit).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// A text as far as a message shows it.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
