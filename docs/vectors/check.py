#!/usr/bin/env python3
"""Suite 1 once more, in another language: makes everything in suite1.json anew, from PROTOCOL.md alone.

Needs `cryptography` and `msgpack` (Debian: python3-cryptography, python3-msgpack). Says what differs, or how much it checked.
"""

import base64
import copy
import json
import pathlib
from hashlib import sha256

import msgpack
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VECTORS = json.loads(pathlib.Path(__file__).with_name("suite1.json").read_text(encoding="utf-8"))
checked = 0


def same(what, made, expected):
    """Both are bytes, numbers, text, or lists of them."""
    global checked
    if made != expected:
        raise SystemExit(f"{what}\n  made here:  {shown(made)}\n  suite1.json: {shown(expected)}")
    checked += 1


def shown(value):
    return value.hex() if isinstance(value, bytes) else value


# Section 1: encoding.

hex_ = bytes.fromhex


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def be(number, width):
    return number.to_bytes(width, "big")


def pack(structure):
    """The one form of a signed body: Python keeps the order of fields, msgpack takes the shortest form of each value."""
    return msgpack.packb(structure, use_bin_type=True)


class BadForm(Exception):
    """A signed body in another form than its one."""


def unpack(data, *fields):
    """Decodes a signed body of these fields and insists on its one form."""
    structure = msgpack.unpackb(data, raw=False, strict_map_key=True)
    if list(structure) != list(fields) or pack(structure) != data:
        raise BadForm(structure)
    return structure


# Section 2: primitives.


def H(label, data):
    return sha256(label.encode() + data).digest()


def KDF(ikm, salt, info):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(ikm)


def Sig(seed, label, data):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(label.encode() + data)


def verify(public, label, data, signature):
    """Raises when it does not match."""
    Ed25519PublicKey.from_public_bytes(public).verify(signature, label.encode() + data)


def public_of(seed):
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


# Section 3: devices.

BUNDLE = ("suite", "account", "installation", "ed25519", "rsa")


def read_bundle(bundle, signature):
    fields = unpack(bundle, *BUNDLE)
    verify(fields["ed25519"], "igoon/v1/sign/bundle", bundle, signature)
    owner, keys = fields["account"] + fields["installation"], fields["ed25519"] + fields["rsa"]
    return {**fields, "id": H("igoon/v1/hash/device-id", owner + keys)}


def refused_bundles():
    for vector in VECTORS["refused_bundles"]:
        try:
            read_bundle(hex_(vector["bundle"]), hex_(vector["signature"]))
        except BadForm:
            same(vector["why"], "refused", "refused")
        else:
            raise SystemExit(f"{vector['why']}: not refused")


class Device:
    def __init__(self, vector):
        self.seed = hex_(vector["ed25519_seed"])
        self.public = public_of(self.seed)
        self.rsa = serialization.load_der_private_key(hex_(vector["rsa_private_pkcs8"]), password=None)
        self.spki = self.rsa.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.account, self.installation = hex_(vector["account"]), hex_(vector["installation"])
        values = (1, self.account, self.installation, self.public, self.spki)
        self.bundle = pack(dict(zip(BUNDLE, values)))
        self.signature = Sig(self.seed, "igoon/v1/sign/bundle", self.bundle)
        owner = self.account + self.installation
        self.id = H("igoon/v1/hash/device-id", owner + self.public + self.spki)
        self.fingerprint = H("igoon/v1/hash/rsa-fingerprint", self.spki)
        same("ed25519 public key", self.public, hex_(vector["ed25519_public"]))
        same("SPKI", self.spki, hex_(vector["rsa_public_spki"]))
        same("bundle", self.bundle, hex_(vector["bundle"]))
        same("bundle's signature", self.signature, hex_(vector["signature"]["ed25519"]))
        same("device id", self.id, hex_(vector["device_id"]["sha256"]))
        same("fingerprint", self.fingerprint, hex_(vector["rsa_fingerprint"]["sha256"]))


def recovery_holder():
    vector = VECTORS["recovery_holder"]
    keys = hex_(vector["ed25519_public"]) + hex_(vector["rsa_public_spki"])
    same("holder id", H("igoon/v1/hash/device-id", bytes(32) + keys), hex_(vector["holder_id"]["sha256"]))


def recovery_kit(room):
    vector, holder = VECTORS["recovery_kit"], VECTORS["recovery_holder"]
    secret = hex_(vector["secret"])
    code = int.from_bytes(secret + H("igoon/v1/hash/kit-check", secret)[:3], "big")
    characters = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ"[code >> 5 * place & 31] for place in reversed(range(56))]
    groups = ["".join(characters[place:place + 4]) for place in range(0, 56, 4)]
    same("kit's code", "-".join(groups), vector["code"])
    seed, rsa = hex_(vector["ed25519_seed"]), hex_(vector["rsa_private_pkcs8"])
    same("kit's signing key", public_of(seed), hex_(holder["ed25519_public"]))
    spki = serialization.load_der_private_key(rsa, None).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    same("kit's recovery key", spki, hex_(holder["rsa_public_spki"]))
    aad = be(1, 1) + room + public_of(seed)
    sealed = AESGCM(KDF(secret, room, b"igoon/v1/recovery-kit")).encrypt(bytes(12), seed + rsa, aad)
    same("kit", sealed, hex_(vector["ciphertext_and_tag"]))


def digits(digest, width):
    groups = [int.from_bytes(digest[5 * i:5 * i + 5], "big") % 10**width for i in range(6)]
    return " ".join(f"{group:0{width}}" for group in groups)


def numbers_to_compare(devices):
    first, second, third = (device.bundle for device in devices[:3])
    halves = [digits(H("igoon/v1/hash/safety-number", bundle), 5) for bundle in (first, second)]
    same("safety number", " ".join(sorted(halves)), VECTORS["safety_number"]["digits"])
    vector = VECTORS["person_safety_number"]
    persons = [b"".join(sorted(device.id for device in (devices[0], devices[2]))), devices[1].id]
    halves = [digits(H("igoon/v1/hash/person-safety-number", ids), 5) for ids in persons]
    same("person safety number", " ".join(sorted(halves)), vector["digits"])
    bundle = value = sha256(third).digest()
    for _ in range(65_536):
        value = H("igoon/v1/hash/approval-digits", value + bundle)
    same("approval digits", digits(value, 4), VECTORS["approval_digits"]["digits"])


# Section 4: epoch keys.


def key_id(key):
    return KDF(key, b"", b"igoon/v1/key-id")


def envelope(devices, room):
    vector = VECTORS["envelope"]
    recipient, wrapper = devices[0], devices[1]
    key, ciphertext = hex_(vector["epoch_key"]), hex_(vector["ciphertext"])
    context = pack({
        "suite": 1,
        "room": room,
        "epoch": 2,
        "key_id": key_id(key),
        "recipient": recipient.id,
        "fingerprint": recipient.fingerprint,
        "wrapper": wrapper.id,
        "reason": "epoch_start",
    })
    same("envelope's context", context, hex_(vector["context"]))
    label = H("igoon/v1/hash/envelope-context", context)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=label)
    same("envelope's content", recipient.rsa.decrypt(ciphertext, oaep), key)
    signature = Sig(wrapper.seed, "igoon/v1/sign/envelope", context + sha256(ciphertext).digest())
    same("envelope's signature", signature, hex_(vector["signature"]["ed25519"]))


def sealed_key(what, secret, info, room):
    vector = VECTORS[what]
    key, epoch, salt = hex_(vector["epoch_key"]), vector["epoch"], hex_(vector["sealing_key"]["salt"])
    aad = be(1, 1) + room + be(epoch, 8) + key_id(key)
    sealed = AESGCM(KDF(secret, salt, info)).encrypt(bytes(12), key, aad)
    same(what, sealed, hex_(vector["ciphertext_and_tag"]))


# Section 5: messages.


def message(devices, room, head):
    vector = VECTORS["message"]
    sender, other = devices[0], devices[1]
    key, session = hex_(vector["epoch_key"]), b"\x5e" * 16
    header = pack({
        "suite": 1,
        "room": room,
        "epoch": 2,
        "key_id": key_id(key),
        "device": sender.id,
        "session": session,
        "counter": vector["counter"],
        "message_id": b"\x1d" * 16,
        "kind": 1,
        "target": {"device": other.id, "message_id": b"\x1e" * 16},
        "sent_at": 1_790_000_000_001,
        "seen": {"incarnation": 1, "seq": 17},
        "log_head": head,
        "previous": {"epoch": 1, "session": b"\x5d" * 16, "counter": 300},
    })
    same("message's header", header, hex_(vector["header"]))
    message_key = KDF(key, room + be(2, 8), b"igoon/v1/message" + sender.id + session)
    nonce = bytes(4) + be(vector["counter"], 8)
    plaintext = pack({"text": "Grüße 👋"})
    same("message's plaintext", plaintext, hex_(vector["plaintext"]))
    ciphertext = AESGCM(message_key).encrypt(nonce, plaintext, header)
    same("message's ciphertext", ciphertext, hex_(vector["ciphertext_and_tag"]))
    signature = Sig(sender.seed, "igoon/v1/sign/message", header + sha256(ciphertext).digest())
    same("message's signature", signature, hex_(vector["signature"]["ed25519"]))
    parts = be(len(header), 4) + header + be(len(ciphertext), 4) + ciphertext + signature
    same("message's content hash", H("igoon/v1/hash/message", parts), hex_(vector["content_hash"]["sha256"]))


# Section 6: the room's log.

STATEMENT = ("suite", "account", "device", "standing", "by", "at")
REQUEST = ("suite", "room", "account", "device", "device_name", "at")


def statement(by, device):
    vector = VECTORS["statement"]
    made = pack(dict(zip(STATEMENT, (1, by.account, device.id, "vouched", by.id, vector["at"]))))
    same("statement", made, hex_(vector["statement"]))
    signature = Sig(by.seed, "igoon/v1/sign/device-statement", made)
    same("statement's signature", signature, hex_(vector["signature"]["ed25519"]))


def request(device, room):
    vector = VECTORS["recovery_request"]
    values = (1, room, device.account, device.id, hex_(vector["device_name"]), vector["at"])
    made = pack(dict(zip(REQUEST, values)))
    same("request", made, hex_(vector["request"]))
    signature = Sig(device.seed, "igoon/v1/sign/recovery-request", made)
    same("request's signature", signature, hex_(vector["signature"]["ed25519"]))


class Log:
    """Folds a log in which every entry takes effect."""

    def __init__(self):
        self.room = self.hash = None
        self.index = -1
        self.members, self.devices, self.invites = {}, {}, {}
        self.epoch, self.oldest_open = 0, 1
        self.history_of, self.happened = {}, {"room_created"}
        self.revoked, self.retention = set(), None
        self.policy, self.recoveries = None, {}
        self.member_invites = False

    def take(self, data, signature):
        later = self.index >= 0
        room, previous = ["room"] * later, ["previous"] * later
        entry = unpack(data, "version", "suite", *room, "index", *previous, "at", "author", "action")
        (kind, action), = entry["action"].items()
        author = entry["author"] if entry["author"] == "service" else entry["author"]["device"]
        same("an entry's place", entry["index"], self.index + 1)
        same("an entry's predecessor", (entry.get("room"), entry.get("previous")), (self.room, self.hash))
        newcomer = read_bundle(**action["bundle"]) if "bundle" in action else None
        if author == "service":
            public = self.policy["signing_key"]
            same("what the service does", kind in ("recovery_announced", "recovery_released"), True)
        else:
            public = newcomer["ed25519"] if newcomer and newcomer["id"] == author else self.devices[author]["ed25519"]
        self.role = self.members.get(self.devices.get(author, {}).get("account"))
        verify(public, "igoon/v1/sign/log-entry", data, signature)
        self.hash, self.index = H("igoon/v1/hash/log-entry", data), entry["index"]
        self.room = self.room or self.hash
        getattr(self, kind)(action, author, newcomer, entry["at"])

    def created(self, action, author, newcomer, _):
        same("the creator", (author, action["account"]), (newcomer["id"], newcomer["account"]))
        same("32 random bytes", len(action["random"]), 32)
        self.history = action["history"]
        self.members[action["account"]] = "owner"
        self.devices[author] = newcomer

    def invited(self, action, author, *_):
        account = self.devices[author]["account"]
        same("an inviter's role", self.member_invites or self.members[account] in ("admin", "owner"), True)
        self.invites[action["invite"]] = {**action, "by": account}

    def invite_closed(self, action, author, _, at):
        invite, account = self.invites[action["invite"]], self.devices[author]["account"]
        same("an open invite", invite["uses"] > 0 and at < invite["expires_at"], True)
        same("who closes it", account == invite["by"] or self.members[account] in ("admin", "owner"), True)
        invite["uses"] = 0

    def member_invites_allowed(self, action, author, *_):
        same("who allows it", self.members[self.devices[author]["account"]] in ("admin", "owner"), True)
        self.member_invites = action["allowed"]

    def renamed(self, action, author, *_):
        owner = self.members[self.devices[author]["account"]] == "owner"
        same("who renames it", owner or action["what"] in ("handle", "device"), True)

    def joined(self, action, author, newcomer, at):
        invite = self.invites[action["invite"]]
        same("an open invite", invite["uses"] > 0 and at < invite["expires_at"], True)
        same("who joins", (author, action["account"]), (newcomer["id"], newcomer["account"]))
        joining = self.room + action["account"] + author
        verify(action["invite"], "igoon/v1/sign/join", joining, action["invite_signature"])
        same("a newcomer", action["account"] in self.members or (action["account"], author) in self.revoked, False)
        invite["uses"] -= 1
        self.members[action["account"]] = invite["role"]
        self.devices[author] = newcomer
        self.happened.add("joining")
        if (self.history_of[self.epoch], self.history) != ("all_retained", "all_retained"):
            self.close("joining")

    def close(self, why):
        self.happened.add(why)
        self.oldest_open = self.epoch + 1

    def close_invites(self, which):
        for invite in self.invites.values():
            invite["uses"] *= not which(invite)

    def put_out(self, account):
        del self.members[account]
        self.devices = {id: device for id, device in self.devices.items() if device["account"] != account}

    def left(self, _, author, *__):
        account = self.devices[author]["account"]
        same("who leaves", self.members[account] != "owner" or list(self.members.values()).count("owner") > 1, True)
        self.put_out(account)
        self.close_invites(lambda invite: invite["by"] == account)
        self.close("leaving")

    def member_removed(self, action, author, *_):
        account = action["account"]
        acts = self.role == "owner" or (self.role, self.members[account]) == ("admin", "member")
        same("who removes whom", acts and account != self.devices[author]["account"], True)
        self.put_out(account)
        self.close_invites(lambda _: True)
        self.close("member_removed")

    def become(self, account, role):
        roles = ["member", "admin", "owner"]
        self.members[account] = role
        less = lambda invite: invite["by"] == account and roles.index(invite["role"]) > roles.index(role)
        self.close_invites(less)

    def role_changed(self, action, *_):
        same("who changes roles", (self.role, self.members[action["account"]] != action["role"]), ("owner", True))
        self.become(action["account"], action["role"])

    def ownership_passed(self, action, author, *_):
        same("who passes ownership", (self.role, self.members[action["account"]] != "owner"), ("owner", True))
        self.become(action["account"], "owner")
        self.become(self.devices[author]["account"], "admin")

    def history_rule_set(self, action, *_):
        same("who sets the rule", (self.role, self.history != action["history"]), ("owner", True))
        self.history = action["history"]

    def retention_set(self, action, *_):
        same("who sets retention", (self.role, action.get("days") not in (self.retention, 0)), ("owner", True))
        self.retention = action.get("days")

    def said(self, action, device, standing):
        said = action["statement"]
        statement = unpack(said["statement"], *STATEMENT)
        by = self.devices[statement["by"]]
        verify(by["ed25519"], "igoon/v1/sign/device-statement", said["statement"], said["signature"])
        about = [statement[field] for field in ("suite", "account", "device", "standing")]
        same("a statement", about, [1, by["account"], device, standing])
        return by["account"]

    def device_revoked(self, action, *_):
        device = action["device"]
        self.revoke(self.said(action, device, "revoked"), device)

    def revoke(self, account, device):
        same("a device that counts", (account, device) in self.revoked, False)
        self.revoked.add((account, device))
        if device in self.devices:
            same("whose device it is", self.devices.pop(device)["account"], account)
            self.close_invites(lambda _: True)
            self.close("device_revoked")

    def recovery_policy_set(self, action, *_):
        same("who sets the policy", (self.role, self.policy != action), ("owner", True))
        same("a policy with a service", (action["mode"], len(action["signing_key"])), ("server_assisted", 32))
        key = serialization.load_der_public_key(action["recovery_key"])
        same("a recovery key", (key.key_size, key.public_numbers().e), (3072, 65537))
        self.policy = action
        self.close("recovery_policy_changed")

    def asked(self, action, newcomer):
        asked = unpack(action["request"]["request"], *REQUEST)
        signed = (action["request"]["request"], action["request"]["signature"])
        verify(newcomer["ed25519"], "igoon/v1/sign/recovery-request", *signed)
        about = [asked[field] for field in ("suite", "room", "account", "device")]
        same("a request", about, [1, self.room, newcomer["account"], newcomer["id"]])
        comes = (newcomer["account"] in self.members, newcomer["id"] in self.devices)
        same("who comes back", (*comes, (newcomer["account"], newcomer["id"]) in self.revoked), (True, False, False))
        same("no epoch to come", action["up_to_epoch"] <= self.epoch, True)

    def recovery_approved(self, action, _, newcomer, at):
        self.asked(action, newcomer)
        same("who approves", self.role, "owner")
        starts = at + self.policy["veto_delay_ms"]
        same("time to release", starts < action["expires_at"], True)
        same("a wait", self.policy["veto_delay_ms"] > 0, True)
        waits = (newcomer, action.get("replaces"), starts, action["expires_at"])
        self.recoveries[self.hash] = waits

    def recovery_announced(self, action, _, newcomer, at):
        self.asked(action, newcomer)
        same("an owner", self.members[newcomer["account"]], "owner")
        same("72 hours", action["effective_at"] >= at + 72 * 60 * 60 * 1000, True)
        self.recoveries[self.hash] = (newcomer, None, action["effective_at"], None)

    def recovery_vetoed(self, action, author, *_):
        newcomer = self.recoveries.pop(action["entry"])[0]
        own = self.devices[author]["account"] == newcomer["account"]
        same("who objects", own or self.role in ("owner", "admin"), True)

    def recovery_released(self, action, _, __, at):
        newcomer, replaced, starts, expires = self.recoveries.pop(action["entry"])
        same("a wait that is over", starts <= at and (expires is None or at < expires), True)
        self.devices[newcomer["id"]] = newcomer
        if replaced:
            self.revoke(newcomer["account"], replaced)
        self.close("device_recovered")

    def device_vouched(self, action, _, newcomer, __):
        account = self.said(action, newcomer["id"], "vouched")
        same("whose device it is", newcomer["account"], account)
        same("a device that counts", (account, newcomer["id"]) in self.revoked, False)
        self.devices[newcomer["id"]] = newcomer

    def epoch_started(self, action, author, *_):
        same("an entitled starter", author in self.devices, True)
        same("the next epoch", action["epoch"], self.epoch + 1)
        same("a reason", action["reason"] in self.happened | {"key_lacking", "age"}, True)
        self.epoch = action["epoch"]
        self.history_of[self.epoch] = self.history
        self.happened = set()


def log(devices, vector, folded):
    for entry in vector["entries"]:
        folded.take(hex_(entry["entry"]), hex_(entry["signature"]))
        same("an entry's hash", folded.hash, hex_(entry["hash"]))
        if entry["author_device"] == 0:
            continue  # whose seed is nobody's
        author = devices[entry["author_device"] - 1]
        signature = Sig(author.seed, "igoon/v1/sign/log-entry", hex_(entry["entry"]))
        same("an entry's signature", signature, hex_(entry["signature"]))
    same("the room", folded.room, hex_(vector["room"]))
    same("its members", sorted(folded.members), [hex_(account) for account in vector["members"]])
    same("its devices", sorted(folded.devices), sorted(hex_(device) for device in vector["entitled_devices"]))
    open_invites = [invite for invite, terms in folded.invites.items() if terms["uses"] > 0]
    same("its open invites", sorted(open_invites), [hex_(invite) for invite in vector["open_invites"]])
    same("its retention in days, 0 for ever", folded.retention or 0, vector["retention_days"])
    same("its epochs", [folded.epoch, folded.oldest_open], [vector["current_epoch"], vector["oldest_open_epoch"]])


def name():
    vector = VECTORS["name"]
    made = sha256(hex_(vector["random"]) + vector["name"].encode()).digest()
    same("a name's hash", made, hex_(vector["hash"]))


# Section 7: invites.


def invite(newcomer, room):
    vector = VECTORS["invite"]
    secret = hex_(vector["secret"])
    same("link", f"https://chat.example.org/join/{base64url(room)}#{base64url(secret)}", vector["link"])
    seed = KDF(secret, room, b"igoon/v1/invite-signing")
    same("invite", public_of(seed), hex_(vector["invite_key"]))
    join = Sig(seed, "igoon/v1/sign/join", room + newcomer.account + newcomer.id)
    same("join signature", join, hex_(vector["join_signature"]["ed25519"]))
    use = Sig(seed, "igoon/v1/sign/invite-use", room + newcomer.installation)
    same("use signature", use, hex_(vector["use_signature"]["ed25519"]))
    return KDF(secret, room, b"igoon/v1/invite-secret")


def main():
    devices = [Device(vector) for vector in VECTORS["devices"]]
    numbers_to_compare(devices)
    name()
    for vector in VECTORS["epoch_keys"]:
        same("key id", key_id(hex_(vector["key"])), hex_(vector["key_id"]["hkdf_sha256"]))
    folded = Log()
    log(devices, VECTORS["log"], folded)
    room, head = folded.room, {"index": folded.index, "hash": folded.hash}
    recovering = copy.deepcopy(folded)
    log(devices, VECTORS["later_log"], folded)
    request(devices[3], room)
    log(devices, VECTORS["recovery_log"], recovering)
    next_key = hex_(VECTORS["epoch_keys"][1]["key"])
    sealed_key("epoch_link", next_key, b"igoon/v1/epoch-link", room)
    sealed_key("invite_sealed_key", invite(devices[1], room), b"igoon/v1/invite-sealed-key", room)
    envelope(devices, room)
    statement(devices[0], devices[2])
    recovery_holder()
    recovery_kit(room)
    refused_bundles()
    message(devices, room, head)
    print(f"{checked} values of suite 1 are the same")


main()
