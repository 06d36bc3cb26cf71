"""Texts of Django and allauth on our pages for which they have no Urdu: for the catalogues.

Ours come before theirs, so Spanish says the same words as the rest of the console.
"""

from django.utils.translation import ngettext

from moderation.lib.languages import gettext_noop

WORDS = (
    gettext_noop("Activate"),
    gettext_noop("Activate Authenticator App"),
    gettext_noop("Add"),
    gettext_noop("Add Security Key"),
    gettext_noop("Added on %(created_at)s"),
    gettext_noop("Alternative options"),
    gettext_noop("An authenticator app is not active."),
    gettext_noop("Are you sure you want to remove this security key?"),
    gettext_noop("Are you sure?"),
    gettext_noop("Authentication using an authenticator app is active."),
    gettext_noop("Authenticator App"),
    gettext_noop("Authenticator code"),
    gettext_noop("Authenticator secret"),
    gettext_noop("Code"),
    gettext_noop("Confirm Access"),
    gettext_noop("Create"),
    gettext_noop("Create Passkey"),
    gettext_noop("Deactivate"),
    gettext_noop("Deactivate Authenticator App"),
    gettext_noop("Don't Trust"),
    gettext_noop("Download codes"),
    gettext_noop("Edit Security Key"),
    gettext_noop(
        "Enabling passwordless operation allows you to sign in using just this key, but "
        "imposes additional requirements such as biometrics or PIN protection."
    ),
    gettext_noop("Enter Sign-In Code"),
    gettext_noop("Enter an authenticator code:"),
    gettext_noop("Enter your password:"),
    gettext_noop("Generate"),
    gettext_noop("Generate new codes"),
    gettext_noop("Incorrect code."),
    gettext_noop("Last used %(last_used)s"),
    gettext_noop("Manage"),
    gettext_noop("No recovery codes set up."),
    gettext_noop("No security keys have been added."),
    gettext_noop("Passkey"),
    gettext_noop("Passwordless"),
    gettext_noop("Please reauthenticate to safeguard your account."),
    gettext_noop("Recovery Codes"),
    gettext_noop("Recovery codes"),
    gettext_noop("Remove Security Key"),
    gettext_noop("Security Keys"),
    gettext_noop("Security key"),
    gettext_noop("Sign In"),
    ngettext(
        "There is %(unused_count)s out of %(total_count)s recovery codes available.",
        "There are %(unused_count)s out of %(total_count)s recovery codes available.",
        2,
    ),
    gettext_noop("This action will invalidate your existing codes."),
    gettext_noop("Two-Factor Authentication"),
    gettext_noop("Unspecified"),
    gettext_noop("Unused codes"),
    gettext_noop("Use a security key"),
    gettext_noop("View"),
    gettext_noop(
        "You are about to deactivate authenticator app based authentication. Are you sure?"
    ),
    gettext_noop("You are about to generate a new set of recovery codes for your account."),
    gettext_noop(
        "You can store this secret and use it to reinstall your authenticator app at a later time."
    ),
    ngettext(
        "You have added %(count)s security key.",
        "You have added %(count)s security keys.",
        2,
    ),
    gettext_noop(
        "Your account is protected by two-factor authentication. Please enter an "
        "authenticator code:"
    ),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Null characters are not allowed."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("This password is too common."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("The two password fields didn’t match."),
)
