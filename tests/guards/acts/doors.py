"""What administrators do about accounts, and what people do about their own."""

from tests.guards.acts import act


def _account(verb, **given):
    return lambda w, a: act(f"accounts.{verb}", actor=a, account=w.clerk, **given)


# The same for what administrators do about accounts, and what people do about their own.
ACCOUNTS = {
    "accounts.create": (
        lambda w, a: act(
            "accounts.create", actor=a, username="sun", name="孙", title="", unit="dawa", role="unit_clerk"
        ),
        ["accounts.account.created"],
    ),
    "accounts.describe": (_account("describe", name="周", title="科长"), ["accounts.account.described"]),
    "accounts.grant": (_account("grant", role="leader", unit=""), ["accounts.account.granted"]),
    "accounts.disable": (_account("disable", reason="调离"), ["accounts.account.disabled"]),
    "accounts.enable": (_account("enable"), ["accounts.account.enabled"]),
    "accounts.reset_password": (_account("reset_password"), ["accounts.password.reset"]),
    "accounts.revoke_sessions": (_account("revoke_sessions"), ["accounts.session.revoked"]),
    "accounts.unlock": (_account("unlock"), ["accounts.account.unlocked"]),
    "accounts.drop_factor": (_account("drop_factor"), ["accounts.factor.dropped"]),
}
OWN = {
    "accounts.change_password": (
        lambda w: act("accounts.change_password", actor=w.clerk, old="x" * 12, new="Shuo-4-hua-suan-shu"),
        "accounts.password.changed",
    ),
    "accounts.note_sign_in": (
        lambda w: act("accounts.note_sign_in", account=w.clerk, method="password"),
        "accounts.session.opened",
    ),
    "accounts.note_factor": (
        lambda w: act("accounts.note_factor", account=w.clerk, change="added"),
        "accounts.factor.added",
    ),
    "accounts.note_link": (
        lambda w: act("accounts.note_link", account=w.clerk, provider="city", uid="1"),
        "accounts.identity.linked",
    ),
    "accounts.note_refusal": (lambda w: act("accounts.note_refusal", tried="wang"), "accounts.session.refused"),
}
# Neither writes what anybody decides by: a name, a stored file, a display preference, an account of the installation.
