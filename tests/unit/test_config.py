"""Settings come from the environment, then the home's file; wrong ones are named, secrets never shown."""

import pytest
from steward import config
from steward.errors import ConfigError


def test_the_environment_wins_over_the_homes_file(tmp_path):
    (tmp_path / "steward.env").write_text("# org\nexport STEWARD_SF_LOGIN_URL=https://a\nSTEWARD_THREADS='1'\n")
    settings = config.load({"STEWARD_HOME": str(tmp_path), "STEWARD_SF_LOGIN_URL": "https://b", "PATH": "/bin"})
    assert (settings.org_login_url, settings.threads, settings.home) == ("https://b", 1, tmp_path)
    assert settings.resolved_database_url() == f"sqlite:///{tmp_path}/state.db"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STEWARD_THREDS", "2", "Unknown setting STEWARD_THREDS"),
        ("STEWARD_THREADS", "two", "not a whole number"),
        ("STEWARD_THREADS", "-1", "cannot be negative"),
        ("STEWARD_MODE", "full", "Use one of: Full, Guided, Shadow, Pilot"),
        ("STEWARD_SF_AUTH", "password", "Use one of: jwt, client_credentials, session"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(tmp_path, name, value, said):
    with pytest.raises(ConfigError, match=said):
        config.load({"STEWARD_HOME": str(tmp_path), name: value})


def test_a_broken_line_of_the_file_is_named_by_its_number(tmp_path):
    (tmp_path / "steward.env").write_text("\nnonsense\n")
    with pytest.raises(ConfigError, match="line 2"):
        config.load({"STEWARD_HOME": str(tmp_path)})


def test_secrets_appear_in_no_repr_and_no_listing(tmp_path):
    settings = config.load({"STEWARD_HOME": str(tmp_path), "STEWARD_SF_CLIENT_SECRET": "hunter2"})
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(config.as_rows(settings))
    assert ("(set)") in [shown for name, shown, _ in config.as_rows(settings) if name == "STEWARD_SF_CLIENT_SECRET"]
