"""Opens Office files that are protected by a password (MS-OFFCRYPTO) with those of a job."""

import hashlib
import hmac
import io
import struct
import zipfile
from typing import Any
from xml.parsers.expat import ExpatError

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.core.operation import Work
from desktopproc.formats.pdf_errors import needs_password

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_DAMAGE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    struct.error,
    ExpatError,
    zipfile.BadZipFile,
)
# block keys of agile encryption, MS-OFFCRYPTO 2.3.4.13
_VERIFIER_INPUT = b"\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79"
_VERIFIER_VALUE = b"\xd7\xaa\x0f\x6d\x30\x61\x34\x4e"
_KEY_VALUE = b"\x14\x6e\x0b\xe7\xab\xac\xd0\xd6"
_PADDING = b"\x36"  # of a key that is longer than the hash it is made of, 2.3.4.11


def unlocked(name: str, content: bytes, work: Work[Any]) -> bytes:
    """The file as it is without its password, or as it came where it has none.

    NeedsPasswordError where no password of the job opens it.
    """
    if not (content.startswith(_OLE) and _ENCRYPTED_STREAM in content):
        return content
    if not work.passwords:
        raise needs_password(name)
    from msoffcrypto.exceptions import DecryptionError, FileFormatError

    try:
        plain = _decrypted(name, content, work.passwords)
    except (DecryptionError, FileFormatError, NotImplementedError) as e:
        raise UnsupportedError(
            f"{name} is protected in a way that is not known here. Remove its password in Word."
        ) from e
    except _DAMAGE as e:
        raise BadInputError(f"{name} is damaged and cannot be opened. Copy it again.") from e
    work.note(f"{name} was opened with its password; the result has none.")
    return plain


def _decrypted(name: str, content: bytes, passwords: tuple[str, ...]) -> bytes:
    from msoffcrypto.exceptions import InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    protected = OOXMLFile(io.BytesIO(content))
    for password in passwords:
        try:
            if protected.type == "agile":
                protected.secret_key = _agile_key(protected.info, password)
            else:
                protected.load_key(password=password, verify_password=True)
        except InvalidKeyError:
            continue
        plain = io.BytesIO()
        try:
            protected.decrypt(plain)
        except InvalidKeyError as e:  # the key is right: what it opens is not
            raise zipfile.BadZipFile from e
        return plain.getvalue()
    raise needs_password(name, len(passwords))


def _agile_key(info: dict[str, Any], password: str) -> bytes:
    """The key of the package (MS-OFFCRYPTO 2.3.4.11 to 2.3.4.13); InvalidKeyError for a wrong one.

    msoffcrypto knows no key that is longer than its hash, and goes three times through the loop
    that makes guessing slow.
    """
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    word = str(info["passwordHashAlgorithm"]).replace("-", "").lower()
    if word not in {"sha1", "sha256", "sha384", "sha512"}:
        raise DecryptionError(word)
    salt, size = info["passwordSalt"], info["passwordKeyBits"] // 8
    hashed = hashlib.new(word, salt + password.encode("utf-16-le")).digest()
    for number in range(info["spinValue"]):
        hashed = hashlib.new(word, struct.pack("<I", number) + hashed).digest()

    def opened(block_key: bytes, sealed: bytes) -> bytes:
        key = hashlib.new(word, hashed + block_key).digest()
        return _aes_cbc(key[:size].ljust(size, _PADDING), salt, sealed)

    verifier = hashlib.new(word, opened(_VERIFIER_INPUT, info["encryptedVerifierHashInput"]))
    told = opened(_VERIFIER_VALUE, info["encryptedVerifierHashValue"])[: verifier.digest_size]
    if not hmac.compare_digest(verifier.digest(), told):
        raise InvalidKeyError
    return opened(_KEY_VALUE, info["encryptedKeyValue"])[:size]


def _aes_cbc(key: bytes, iv: bytes, sealed: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()
