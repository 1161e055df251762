"""Signing in and staying in: lock-out, limits of a session, passwords that have to change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from luodi.accounts import actions
from luodi.accounts.models import User
from luodi.audit.models import Entry

PASSWORD = "x" * 12
GOOD = "Shuangtai-River-26"
pytestmark = pytest.mark.django_db


def enter(client, username="wang", password=PASSWORD):
    return client.post("/login/", {"username": username, "password": password})


@pytest.fixture
def wang(account):
    return account("leader", username="wang")


def later(client, **keys):
    """Let time pass for a session: `later(client, seen=31 * 60)`."""
    session = client.session
    for name, seconds in keys.items():
        session[name] -= seconds
    session.save()


class TestLockOut:
    def test_five_wrong_passwords_lock_the_name_and_the_page_says_for_how_long(self, client, wang):
        answers = [enter(client, password="wrong") for _ in range(5)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        assert "30 分钟后自动解除" in answers[-1].content.decode()
        assert enter(client).status_code == 429
        assert Entry.objects.filter(action="accounts.session.refused").count() == 4
        assert {entry.actor_name for entry in Entry.objects.filter(action="accounts.account.locked")} == {"wang"}

    def test_another_name_is_not_locked_with_it(self, client, wang, account):
        account("leader", username="li")
        for _ in range(5):
            enter(client, password="wrong")

        assert enter(client, "li").status_code == 302

    def test_a_right_password_forgets_the_wrong_ones(self, client, wang):
        for _ in range(4):
            enter(client, password="wrong")
        assert enter(client).status_code == 302
        client.post("/logout/")

        assert [enter(client, password="wrong").status_code for _ in range(4)] == [200] * 4

    def test_an_administrator_unlocks_at_once(self, client, wang, account):
        for _ in range(5):
            enter(client, password="wrong")

        actions.unlock(actor=account("administrator"), account=wang)

        assert enter(client).status_code == 302

    def test_it_ends_by_itself(self, client, wang, rules):
        rules(("lock_minutes = 30", "lock_minutes = 0"))
        for _ in range(5):
            enter(client, password="wrong")

        assert enter(client).status_code == 302

    def test_a_name_that_nobody_has_is_locked_like_any_other(self, client, db):
        """Else the answer would tell which names exist."""
        answers = [enter(client, "nobody", "wrong").status_code for _ in range(6)]

        assert answers == [200, 200, 200, 200, 429, 429]


class TestSessionLimits:
    def test_who_does_nothing_for_half_an_hour_is_signed_out_with_a_word(self, signed_in):
        client = signed_in("leader")
        assert client.get("/").status_code == 200
        later(client, seen=30 * 60 + 1)

        answer = client.get("/projects/", follow=True)

        assert answer.redirect_chain == [("/login/?next=/projects/", 302)]
        assert "超过 30 分钟没有操作" in answer.content.decode()

    def test_who_goes_on_stays(self, signed_in):
        client = signed_in("leader")
        for _ in range(4):
            later(client, seen=20 * 60, began=20 * 60)
            assert client.get("/").status_code == 200

    def test_after_twelve_hours_nobody_stays_however_busy(self, signed_in):
        client = signed_in("leader")
        later(client, began=12 * 3600 + 1)

        assert "登录已满 12 小时" in client.get("/", follow=True).content.decode()

    def test_a_page_that_polls_does_not_keep_anybody_in(self, signed_in):
        from luodi.jobs.models import Job

        client = signed_in("project_office")
        job = Job.objects.create(kind="snapshots.standings")
        later(client, seen=20 * 60)
        assert client.get(f"/jobs/{job.pk}/").status_code == 200
        later(client, seen=11 * 60)

        assert client.get(f"/jobs/{job.pk}/").status_code == 302

    def test_the_city_sets_the_limits(self, signed_in, rules):
        rules(("idle_minutes = 30", "idle_minutes = 5"))
        client = signed_in("leader")
        later(client, seen=301)

        assert client.get("/").status_code == 302


class TestRightsTakeEffectAtOnce:
    def test_a_disabled_account_is_out_at_its_next_request(self, signed_in, account):
        client = signed_in("leader")
        assert client.get("/").status_code == 200

        actions.disable(actor=account("administrator"), account=client.user, reason="调离")

        assert client.get("/").url == "/login/?next=/"
        actions.enable(actor=account("administrator"), account=client.user)
        assert client.get("/").status_code == 302, "the old session stays dead"

    def test_another_role_holds_from_the_next_request(self, signed_in, account):
        client = signed_in("project_office")
        assert client.get("/intake/").status_code == 200

        actions.grant(actor=account("administrator"), account=client.user, role="leader", unit="")

        assert client.get("/intake/").status_code == 403

    def test_sessions_can_be_ended_elsewhere_while_this_one_goes_on(self, signed_in):
        from django.test import Client

        here = signed_in("leader")
        there = Client()
        there.force_login(here.user)
        assert there.get("/").status_code == 200

        assert here.post("/account/sign-out-elsewhere/", follow=True).status_code == 200

        assert there.get("/").status_code == 302
        assert here.get("/").status_code == 200


class TestPasswords:
    def change(self, client, old=PASSWORD, new=GOOD, again=None):
        return client.post("/account/password/", {"old": old, "new": new, "again": again or new})

    def test_whoever_was_given_a_password_changes_it_before_anything_else(self, client, wang):
        User.objects.filter(pk=wang.pk).update(must_change_password=True)
        enter(client)

        assert client.get("/").url == client.get("/projects/?q=x").url == "/account/password/"
        assert client.post("/projects/views/", {"name": "x"}).url == "/account/password/"
        assert client.get("/account/password/").status_code == 200
        assert self.change(client).url == "/"
        assert client.get("/").status_code == 200
        assert Entry.objects.filter(action="accounts.password.changed", actor=wang).count() == 1

    def test_a_password_of_ninety_days_has_to_change(self, signed_in):
        client = signed_in("leader")
        old = timezone.now() - timedelta(days=90)
        User.objects.filter(pk=client.user.pk).update(password_changed_at=old)

        assert client.get("/").url == "/account/password/"

    def test_asvs_lets_it_be_as_old_as_it_likes(self, signed_in, rules):
        rules(('passwords = "dengbao"', 'passwords = "asvs"'))
        client = signed_in("leader")
        User.objects.filter(pk=client.user.pk).update(password_changed_at=timezone.now() - timedelta(days=900))

        assert client.get("/").status_code == 200
        assert "至少 15 位" in self.change(client, new="short-Phrase1").content.decode()
        assert self.change(client, new="a river runs by the reeds").status_code == 302

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"old": "not it"}, "现在的密码不对"),
            ({"new": "short"}, "密码太短，至少 10 位"),
            ({"new": "onlysmallletters"}, "四类中的至少 3 类"),
            ({"new": GOOD, "again": "other-Word-26"}, "两次写的新密码不一样"),
            ({"new": "Wang-the-Leader-1"}, "不能有用户名"),
            ({"new": "password123"}, "常见密码"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_changes(self, client, wang, given, words):
        enter(client)

        answer = self.change(client, **given)

        assert answer.status_code == 422
        assert words in answer.content.decode()
        wang.refresh_from_db()
        assert wang.check_password(PASSWORD)

    def test_the_last_five_passwords_cannot_come_back_and_the_sixth_can(self, client, wang):
        enter(client)
        words = [f"Reed-Marsh-Crane-{n}" for n in range(1, 7)]
        now = PASSWORD
        for word in words:
            assert self.change(client, old=now, new=word).status_code == 302
            now = word

        assert "最近 5 次用过" in self.change(client, old=now, new=words[1]).content.decode()
        assert "最近 5 次用过" in self.change(client, old=now, new=words[5]).content.decode()
        assert self.change(client, old=now, new=words[0]).status_code == 302
