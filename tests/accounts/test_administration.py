"""The administrators' pages: who makes, grants, disables; and the three who may not be one."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.accounts import actions
from luodi.accounts.models import User
from luodi.accounts.permissions import ADMINISTRATORS, Role, may
from luodi.audit.models import Entry

pytestmark = pytest.mark.django_db
NEW = {"username": "zhao", "name": "赵六", "title": "科员", "unit": "dawa", "role": "unit_clerk"}


@pytest.fixture
def separated(rules):
    rules(("separated_administrators = false", "separated_administrators = true"))


@pytest.fixture
def three(account, separated):
    """One person for each office."""
    people = {role: account(role) for role in ("administrator", "security_administrator", "auditor")}
    for number, person in enumerate(people.values()):
        User.objects.filter(pk=person.pk).update(first_name=f"管理员{number}")
        person.refresh_from_db()
    return people


class TestTogether:
    """One administrator does it all."""

    def test_an_account_is_made_with_a_password_that_is_told_once(self, signed_in, client):
        page = signed_in("administrator").post("/accounts/new/", NEW)

        password = re.search(r"data-first-password>([^<]+)<", page.content.decode())[1]
        made = User.objects.get(username="zhao")
        assert made.check_password(password.replace("&amp;", "&"))
        assert (made.display_name, made.role, made.must_change_password) == ("大洼区 赵六 科员", "unit_clerk", True)
        assert page.headers["Cache-Control"] == "no-store"
        assert password not in client.get(f"/accounts/{made.pk}/").content.decode()
        assert password not in str(list(Entry.objects.values_list("detail", flat=True)))

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"unit": ""}, "填报员必须属于一个填报单位"),
            ({"unit": "resources"}, "填报员必须属于一个填报单位"),
            ({"role": "department"}, "部门账号必须属于一个部门"),
            ({"name": " "}, "这个字段是必填项"),
            ({"username": "a b"}, "用户名只能用字母"),
            ({"username": "taken"}, "已存在"),
        ],
    )
    def test_a_slip_is_said_and_nothing_is_made(self, signed_in, account, given, words):
        account("leader", username="taken")
        client = signed_in("administrator")
        before = User.objects.count()

        page = client.post("/accounts/new/", {**NEW, **given})

        assert page.status_code == 422
        assert words in page.content.decode()
        assert User.objects.count() == before

    def test_a_grant_is_logged_with_before_and_after(self, signed_in, account):
        clerk = account("unit_clerk", unit="dawa", username="zhao")

        signed_in("administrator").post(f"/accounts/{clerk.pk}/grant/", {"role": "department", "unit": "housing"})

        clerk.refresh_from_db()
        assert (clerk.role, clerk.unit) == ("department", "housing")
        detail = Entry.objects.get(action="accounts.account.granted").detail
        assert detail["before"] == {"role": "unit_clerk", "unit": "dawa"}
        assert detail["after"] == {"role": "department", "unit": "housing"}

    def test_nobody_decides_about_themselves(self, signed_in):
        client = signed_in("administrator")
        own = client.user.pk

        page = client.post(f"/accounts/{own}/grant/", {"role": "project_office", "unit": ""}, follow=True)

        assert "不能处理自己的账号" in page.content.decode()
        for verb in ("disable", "reset", "unlock", "revoke", "drop-factor"):
            client.post(f"/accounts/{own}/{verb}/", {"reason": "x"})
        client.user.refresh_from_db()
        assert (client.user.role, client.user.is_active) == ("administrator", True)
        assert client.user.check_password("x" * 12)

    def test_the_last_administrator_stays(self, account):
        one, other = account("administrator"), account("administrator")
        actions.disable(actor=one, account=other, reason="调离")

        with pytest.raises(ValidationError, match="最后一位管理员"):
            actions.grant(actor=None, account=one, role="leader", unit="")
        one.refresh_from_db()
        assert one.role == "administrator"

    def test_a_reset_ends_sessions_and_gives_a_first_password(self, signed_in, account, client):
        from django.test import Client

        clerk, there = account("unit_clerk", username="zhao"), Client()
        there.force_login(clerk)
        page = signed_in("administrator").post(f"/accounts/{clerk.pk}/reset/")

        password = re.search(r"data-first-password>([^<]+)<", page.content.decode())[1]
        clerk.refresh_from_db()
        assert clerk.check_password(password)
        assert clerk.must_change_password
        assert there.get("/").status_code == 302

    def test_the_list_is_found_by_name_role_and_state(self, signed_in, account):
        account("unit_clerk", username="zhao")
        gone = account("leader", username="qian")
        client = signed_in("administrator")
        actions.disable(actor=client.user, account=gone, reason="退休")

        def names(query):
            return set(re.findall(r'/accounts/\d+/">([^<]+)</a>', client.get(f"/accounts/?{query}").content.decode()))

        assert names("q=zha") == {"zhao"}
        assert names("role=leader") == names("state=disabled") == {"qian"}
        assert names("q=%00&state=nonsense") == set(User.objects.values_list("username", flat=True))

    def test_an_account_without_a_role_signs_in_and_sees_nothing_but_itself(self, client, account):
        waiting = account("")
        client.force_login(waiting)

        assert client.get("/").status_code == client.get("/projects/").status_code == 403
        assert "暂时看不到项目" in client.get("/account/").content.decode()

    def test_the_office_of_security_exists_only_where_it_is_wanted(self, signed_in, account):
        clerk, client = account("unit_clerk"), signed_in("administrator")

        client.post(f"/accounts/{clerk.pk}/grant/", {"role": "security_administrator", "unit": ""})

        clerk.refresh_from_db()
        assert clerk.role == "unit_clerk"


class TestSeparated:
    """One makes accounts, one grants, one reads the log."""

    def test_who_makes_accounts_cannot_grant(self, three, client):
        client.force_login(three["administrator"])
        page = client.get("/accounts/new/").content.decode()
        assert 'name="role"' not in page

        client.post("/accounts/new/", {**NEW, "unit": ""})

        made = User.objects.get(username="zhao")
        assert made.role == ""
        assert client.post(f"/accounts/{made.pk}/grant/", {"role": "project_office", "unit": ""}).status_code == 403
        with pytest.raises(PermissionDenied):
            actions.create(actor=three["administrator"], **{**NEW, "username": "sun"})

    def test_who_grants_cannot_make_accounts_nor_read_what_they_did_themselves(self, three, account, client):
        clerk, security = account(""), three["security_administrator"]
        client.force_login(security)
        assert client.get("/accounts/new/").status_code == client.post("/accounts/new/", NEW).status_code == 403

        client.post(f"/accounts/{clerk.pk}/grant/", {"role": "unit_clerk", "unit": "dawa"})

        clerk.refresh_from_db()
        assert (clerk.role, clerk.unit) == ("unit_clerk", "dawa")
        own = Entry.objects.get(action="accounts.account.granted")
        assert own not in Entry.objects.visible_to(security)
        assert own in Entry.objects.visible_to(three["auditor"])
        assert "授予角色</td>" not in client.get("/audit/").content.decode()
        assert client.get(f"/audit/{own.pk}/").status_code == 404

    def test_who_reads_the_log_writes_nothing(self, three, account, client):
        clerk = account("")
        client.force_login(three["auditor"])
        assert client.get("/audit/").status_code == client.get("/accounts/").status_code == 200

        for verb in ("grant", "describe", "disable", "enable", "reset", "revoke", "unlock", "drop-factor"):
            assert client.post(f"/accounts/{clerk.pk}/{verb}/", {"reason": "x"}).status_code == 403

    def test_no_office_holds_two_of_the_three_powers(self, separated):
        powers = ("accounts.account.create", "accounts.account.grant", "audit.entry.view")
        held = {
            role: [power for power in powers if may(User(role=role, is_active=True), power)] for role in ADMINISTRATORS
        }

        assert held[Role.ADMINISTRATOR] == ["accounts.account.create"]
        assert held[Role.SECURITY_ADMINISTRATOR] == ["accounts.account.grant", "audit.entry.view"]
        assert held[Role.AUDITOR] == ["audit.entry.view"]

    def test_no_person_may_hold_two_of_them(self, three, account):
        second = account("")
        User.objects.filter(pk=second.pk).update(first_name=three["auditor"].first_name)

        with pytest.raises(ValidationError, match="三员不得兼任"):
            actions.grant(actor=three["security_administrator"], account=second, role="administrator", unit="")
        actions.grant(actor=three["security_administrator"], account=second, role="leader", unit="")

    def test_an_old_office_must_be_closed_before_a_new_one_is_opened(self, three, account):
        """Also by opening a disabled account again."""
        security, old = three["security_administrator"], account("administrator")
        User.objects.filter(pk=old.pk).update(first_name="孙七")
        actions.disable(actor=security, account=old, reason="转岗")
        new = account("")
        User.objects.filter(pk=new.pk).update(first_name="孙七")
        actions.grant(actor=security, account=new, role="auditor", unit="")

        with pytest.raises(ValidationError, match="三员不得兼任"):
            actions.enable(actor=security, account=old)

    def test_nobody_takes_over_another_office_by_its_password(self, three):
        with pytest.raises(PermissionDenied, match="控制台"):
            actions.reset_password(actor=three["security_administrator"], account=three["administrator"])
        with pytest.raises(PermissionDenied, match="控制台"):
            actions.drop_factor(actor=three["security_administrator"], account=three["auditor"])

        assert actions.reset_password(actor=None, account=three["administrator"])

    def test_who_looks_after_the_system_sees_no_projects_and_starts_at_the_accounts(self, three, client):
        for role in ("administrator", "security_administrator"):
            client.force_login(three[role])
            assert client.get("/").status_code == client.get("/projects/").status_code == 403
            client.logout()
            answer = client.post("/login/", {"username": three[role].username, "password": "x" * 12})
            assert answer.url == "/accounts/"
            client.logout()
