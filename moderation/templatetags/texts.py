"""`{% translate %}` as Django's, but a constant text costs an English page nothing."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.safestring import SafeString, mark_safe

from moderation.lib.languages import is_english

register = template.Library()


class ConstantText(TranslateNode):
    """A text that is shown where it stands: the code's own is English already."""

    text: SafeString

    def render(self, context: Context) -> str:
        return self.text if is_english() else super().render(context)


@register.tag
def translate(parser: Parser, token: Token) -> TranslateNode:
    node = do_translate(parser, token)
    text = node.filter_expression.var.literal
    if not text or node.asvar or node.message_context:
        return node
    constant = ConstantText(node.filter_expression, node.noop)
    constant.text = mark_safe(text)  # noqa: S308 (written in the template)
    return constant
