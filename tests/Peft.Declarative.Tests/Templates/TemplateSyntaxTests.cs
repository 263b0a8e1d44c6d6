namespace Peft.Declarative.Tests.Templates;

/// <summary>Which texts are valid templates, where the reference differs from what its grammar suggests. An expected null is an error.</summary>
public class TemplateSyntaxTests
{
    [Theory]
    [InlineData("a{% raw %}", "a")]
    [InlineData("a{%- raw -%} \n", "a")]
    [InlineData("a{% raw %}b", null)]
    [InlineData("a{#", "a")]
    [InlineData("a{# ", null)]
    [InlineData("{% print %}a{% print 1, 'b' %}", "a1b")]
    [InlineData("{% filter length %}abc{% endfilter %}", null)]
    public void Ends_AreFoundAsInTheReference(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ 012 }}", null)]
    [InlineData("{{ 00 }}", "0")]
    [InlineData("{{ 0b102 }}", null)]
    [InlineData("{{ 0x }}", null)]
    [InlineData("{{ 0x_1F }}|{{ 0o17 }}|{{ 1_000 }}|{{ 01.5 }}", "31|15|1000|1.5")]
    [InlineData("{{ ٣ }}", null)]
    [InlineData(@"{{ '\q\é\日\🎉' }}", @"\q\xe9\u65e5\U0001f389")]
    [InlineData(@"{{ '\N{NOPE}' }}", null)]
    public void Literals_AreThoseOfTheReference(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{% for x in [] %}{{ x | nope }}{% endfor %}ok", null)]
    [InlineData("{% macro m() %}{{ x is nope }}{% endmacro %}ok", null)]
    [InlineData("{{ t or s | nope }}", null)]
    [InlineData("{% if not t %}{{ s | nope }}{% endif %}ok", "ok")]
    [InlineData("{{ s | nope if not t else 'ok' }}", "ok")]
    [InlineData("{% if not t %}{% for x in [] %}{{ x | nope }}{% endfor %}{% endif %}ok", null)]
    [InlineData("{% if t %}{{ s | nope }}{% endif %}", null)]
    public void UnknownFilters_AreRefusedUnlessAnIfGuardsThem(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ nothing[1:] }}", null)]
    [InlineData("{{ d[:1] }}", null)]
    [InlineData("{{ d.items()[1:] }}", null)]
    [InlineData("{{ nothing[0] }}|{{ l[9] }}", "|")]
    public void Slices_OfWhatHasNoItems_AreErrors(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));
}
