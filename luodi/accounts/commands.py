"""`luodi account`: the first accounts of an installation, until they have pages."""

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from luodi.accounts.actions import ensure_account
from luodi.accounts.models import User
from luodi.accounts.permissions import Role
from luodi.core.installation import city


@click.command()
@click.argument("username")
@click.option("--role", type=click.Choice(Role.values), required=True, help="角色 · role")
@click.option("--unit", default="", help="填报员的填报单位代码 · a clerk's reporting unit")
@click.option("--name", default="", help="姓名 · name")
@click.password_option(prompt="密码", help="不写则询问 · asked for when left out")
def account(username: str, role: str, unit: str, name: str, password: str) -> None:
    """建一个账号 · Make an account."""
    if User.objects.filter(username=username).exists():
        raise click.ClickException(f"已有账号 {username}")
    if (role == Role.UNIT_CLERK) != (unit in city().unit):
        units = "、".join(city().unit)
        raise click.BadParameter(f"填报员必须有填报单位，其他角色没有；可选：{units}", param_hint="--unit")
    try:
        validate_password(password, User(username=username, first_name=name))
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    ensure_account(username=username, password=password, role=role, unit=unit, name=name)
    click.echo(f"已建账号 {username}（{Role(role).label}）")
