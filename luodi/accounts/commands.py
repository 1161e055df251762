"""`luodi account` makes the first accounts of an installation; `luodi password` lets somebody in again from the console."""

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from luodi.accounts.actions import drop_factor, ensure_account, reset_password, unlock
from luodi.accounts.models import BOUND, User
from luodi.accounts.permissions import Role
from luodi.core.installation import access, city


@click.command()
@click.argument("username")
@click.option("--role", type=click.Choice(Role.values), required=True, help="角色 · role")
@click.option(
    "--unit",
    default="",
    help="单位代码：填报员的填报单位，其他角色的部门 · a clerk's reporting unit, others' department",
)
@click.option("--name", default="", help="姓名 · name")
@click.option("--title", default="", help="职务 · post")
@click.password_option(prompt="密码", help="不写则询问 · asked for when left out")
def account(username: str, role: str, unit: str, name: str, title: str, password: str) -> None:
    """建一个账号 · Make an account."""
    if User.objects.filter(username=username).exists():
        raise click.ClickException(f"已有账号 {username}")
    choices = list(city().unit if role == Role.UNIT_CLERK else access().departments)
    if unit not in choices and (unit or Role(role) in BOUND):
        raise click.BadParameter(f"{Role(role).label}的单位可选：{'、'.join(choices)}", param_hint="--unit")
    try:
        validate_password(password, User(username=username, first_name=name))
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    ensure_account(
        username=username,
        password=password,
        role=role,
        unit=unit,
        name=name,
        title=title,
        must_change=access().passwords.change_first,
    )
    click.echo(f"已建账号 {username}（{Role(role).label}）")


@click.command()
@click.argument("username")
@click.option("--factor", is_flag=True, help="同时解除双因素 · drop the second factor as well")
def password(username: str, factor: bool) -> None:
    """重置密码并解锁 · Reset a password and unlock."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise click.ClickException(f"没有账号 {username}")
    if factor:
        drop_factor(actor=None, account=user)
    unlock(actor=None, account=user)
    click.echo(f"{user.display_name} 的新密码（首次登录须修改）：{reset_password(actor=None, account=user)}")
