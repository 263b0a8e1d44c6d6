using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Templates;

/// <summary>Untrusted templates end soon, with little output, in an error that says why.</summary>
public class TemplateLimitsTests
{
    private static readonly JsonArray NoMessages = [];

    // What ends at a tenth ends at ten times as much, only later.
    private static readonly ChatTemplateOptions TenthOfTheSteps = new() { Limits = new TemplateLimits { Steps = new TemplateLimits().Steps / 10 } };

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{{ 'a' * 1000000000 }}", "characters")]
    [InlineData("{{ [1] * 1000000000 }}", "steps")]
    [InlineData("{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x|replace('a', 'aaaaaaaaaa') %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}", "steps")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == [ns.x][0][:] }}", "steps")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}", "steps")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(40000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}", "nested")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(40000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}", "nested")]
    [InlineData("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}", "levels deep")]
    [InlineData("{% for x in [[1]] recursive %}{{ loop([x]) }}{% endfor %}", "levels deep")]
    [InlineData("{{ 9 ** 99999999 }}", "bits")]
    [InlineData("{% set ns = namespace(x=9) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}", "bits")]
    [InlineData("{{ range(10 ** 30) }}", "Range too big")]
    [InlineData("{{ '%1000000000d' % 1 }}", "characters")]
    [InlineData("{{ '%.1000000000d' % 1 }}", "characters")]
    [InlineData("{{ '{:.1000000000f}'.format(1) }}", "precision too big")]
    [InlineData("{{ '{:1000000000}'.format(1) }}", "characters")]
    [InlineData("{{ 'a'.center(1000000000) }}", "characters")]
    [InlineData("{{ 'a'|indent(1000000000) }}", "characters")]
    [InlineData("{{ '1'.zfill(1000000000) }}", "characters")]
    [InlineData("{{ [1]|batch(1000000000, 'x')|list }}", "steps")]
    [InlineData("{{ [1]|slice(1000000000)|list }}", "steps")]
    [InlineData("{% set s = 'ab' * 1000000 %}{% for i in range(99999) %}{% if s.upper() == s[::-1] %}{% endif %}{% endfor %}", "steps")]
    [InlineData("{% set s = 'x' * 2000000 %}{{ s|wordwrap(1) }}", "steps")]
    [InlineData("{{ ('a b ' * 100000)|wordwrap(1, true, 'x' * 1000000) }}", "characters")]
    [InlineData("{% set ns = namespace(x=['a']) %}{% for i in range(60000) %}{% set ns.x = ns.x|map('string') %}{% endfor %}{{ ns.x|list }}", "nested")]
    [InlineData("{% set s = 'a ' * 1900000 %}{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = ns.x + [s.split()] %}{% endfor %}", "steps")]
    [InlineData("{{ [[[1]]]|tojson(indent='x' * 3000000) }}", "characters")]
    [InlineData("{{ strftime_now('%3900000Y' * 100000) }}", "characters")]
    [InlineData("{{ ['x' * 3900000] * 100 }}", "characters")]
    [InlineData("{{ ('%' * 3900000)|urlencode }}", "characters")]
    public void Render_OfAGreedyTemplate_EndsInAnError(string template, string reason)
    {
        long start = Stopwatch.GetTimestamp();

        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render(NoMessages, TenthOfTheSteps));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("{'a':", "}")]
    [InlineData("1 if 1 else ", "")]
    [InlineData("f(", ")")]
    public void Parse_OfDeepNesting_EndsInAnError(string open, string close)
    {
        string template = "{{ " + string.Concat(Enumerable.Repeat(open, 20_000)) + "1" + string.Concat(Enumerable.Repeat(close, 20_000)) + " }}";

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template));
    }

    [Theory]
    [InlineData(" + 1")]
    [InlineData(".a")]
    [InlineData(" and 1")]
    [InlineData("|upper")]
    [InlineData("[0]")]
    [InlineData("[:]")]
    public void LongChains_EndInAnError(string link)
    {
        string template = "{{ 1" + string.Concat(Enumerable.Repeat(link, 60_000)) + " }}";

        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render(NoMessages));

        Assert.Contains("200 levels deep", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% filter ", " %}{% endfilter %}")]
    [InlineData("{% set x | ", " %}{% endset %}")]
    public void LongChainsOfABlock_EndInAnError(string before, string after)
    {
        string template = before + string.Join('|', Enumerable.Repeat("upper", 60_000)) + after;

        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render(NoMessages));

        Assert.Contains("200 levels deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfDeeplyNestedBlocks_EndsInAnError() =>
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if 1 %}", 20_000))));

    [Fact]
    public void TagsThatNeverEnd_AreStrippedInOnePass() =>
        Assert.Equal("3900000", ChatTemplate.Parse("{{ ('<' * 3900000)|striptags|length }}").Render(NoMessages).Text);

    // Ten thousand of these would take hours if nothing were repeated one by one.
    [Fact]
    public void NothingTimesALot_IsNothingAtOnce() =>
        Assert.Equal("0", ChatTemplate.Parse("{% for i in range(10000) %}{% set s = '' * 2000000000 %}{% endfor %}{{ ('' * 2000000000)|length }}").Render(NoMessages).Text);

    [Theory]
    [InlineData("0x", 'f')]
    [InlineData("", '9')]
    public void Parse_OfAHugeInteger_EndsInAnError(string prefix, char digit) =>
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse($"{{{{ {prefix}{new string(digit, 900_000)} }}}}"));

    [Fact]
    public void Parse_OfManyNeighbouringStrings_IsQuick() =>
        Assert.Equal("250000", ChatTemplate.Parse($"{{{{ ({string.Concat(Enumerable.Repeat("'a' ", 250_000))})|length }}}}").Render(NoMessages).Text);

    [Fact]
    public void Render_OfADeepConversation_EndsInAnError()
    {
        JsonNode deep = new JsonArray();
        for (int i = 0; i < 20_000; i++)
        {
            deep = new JsonArray(deep);
        }

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ messages }}").Render((JsonArray)deep));
    }

    [Fact]
    public void Limits_CanBeSet()
    {
        var limits = new TemplateLimits { OutputCharacters = 10 };

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("12345678901").Render(NoMessages, new ChatTemplateOptions { Limits = limits }));
        Assert.Equal("1234567890", ChatTemplate.Parse("1234567890").Render(NoMessages, new ChatTemplateOptions { Limits = limits }).Text);
    }

    [Fact]
    public void DamagedTemplates_GiveTemplateExceptionsOnly()
    {
        const string Seed = "{% for m in messages if m.a %}{{ loop.index ~ m['b'][1:] | join(', ') }}{% else %}{% set x = {'a': (1, 2.5)} %}{% endfor %}";
        const string Signs = "{}%#-+|()[]'\"., \n:=~*/<>a0";
        var random = new Random(7);
        for (int round = 0; round < 3_000; round++)
        {
            char[] damaged = Seed.ToCharArray();
            for (int i = 0; i < 1 + round % 4; i++)
            {
                damaged[random.Next(damaged.Length)] = Signs[random.Next(Signs.Length)];
            }

            Exception? error = Record.Exception(() => ChatTemplate.Parse(new string(damaged)).Render(NoMessages));

            Assert.True(error is null or TemplateException, $"{new string(damaged)}: {error}");
        }
    }
}
