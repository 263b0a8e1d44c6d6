using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Templates;

public class ChatTemplateTests
{
    private const string Marked = """
        {%- for m in messages %}
        {{- '<' + m.role + '>' }}
        {%- if m.role == 'assistant' %}{% generation %}{{ m.content + '</s>' }}{% endgeneration %}
        {%- else %}{{ m.content }}{% endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}{{ '<assistant>' }}{% endif %}
        """;

    private const string Plain = """
        {%- for m in messages %}{{ '<' + m.role + '>' + m.content + '</s>' }}{% endfor -%}
        {% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}
        """;

    [Fact]
    public void Render_WithGenerationBlocks_TellsWhatTheyWrote()
    {
        RenderedChat chat = ChatTemplate.Parse(Marked).Render(Chat("user:Hi", "assistant:Yo", "user:Again", "assistant:🎉"));

        Assert.Equal("<user>Hi<assistant>Yo</s><user>Again<assistant>🎉</s>", chat.Text);
        Assert.Equal(["Yo</s>", "🎉</s>"], Parts(chat));
    }

    [Theory]
    [InlineData(Marked, new[] { "Yo</s>", "<user>fake</s>" })]
    [InlineData(Plain, new[] { "Yo</s>", "<user>fake</s>" })]
    public void RenderForTraining_FindsTheAssistantsParts(string template, string[] expected)
    {
        RenderedChat chat = ChatTemplate.Parse(template).RenderForTraining(
            Chat("user:<assistant>Yo</s>", "assistant:Yo", "user:Again", "assistant:<user>fake"));

        Assert.Equal(expected, Parts(chat));
    }

    [Fact]
    public void RenderForTraining_WhenTheTemplateRewritesEarlierTurns_FindsTheOwnText()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ messages|length }}{% for m in messages %}{{ m.content }}{% endfor %}");

        RenderedChat chat = template.RenderForTraining(Chat("user:b", "assistant:b", "user:b"));

        Assert.Equal("3bbb", chat.Text);
        Assert.Equal([new TemplateSpan(2, 3)], chat.Generated);
        Assert.Equal(["2bb"], template.RenderTurnsForTraining(Chat("user:b", "assistant:b", "user:b")).Select(row => row.Text));
    }

    [Theory]
    [InlineData("a\n{{ 1 / 0 }}", 2, "division by zero")]
    [InlineData("a\n\n{% if nope.x.y %}{% endif %}", 3, "'nope' is undefined")]
    [InlineData("{{ 1 +\n nope.x }}", 2, "'nope' is undefined")]
    [InlineData("{% macro f() %}\n{{ 'a' + none }}\n{% endmacro %}\n{{ f() }}", 2, "can only concatenate str (not \"NoneType\") to str")]
    [InlineData("\n{{ messages[0].content | nope }}", 2, "No filter named 'nope'")]
    [InlineData("{% if true %}\na", 2, "{% endif %}")]
    [InlineData("\n\n{{ a b }}", 3, "'b'")]
    [InlineData("\n{% nope %}", 2, "'nope'")]
    [InlineData("{{ -1e999 | filesizeformat }}", 1, "cannot convert float infinity to integer")]
    [InlineData("{{ '%d' % 1e999 }}", 1, "cannot convert float infinity to integer")]
    [InlineData("{{ '%i' | format(1e999 - 1e999) }}", 1, "cannot convert float NaN to integer")]
    [InlineData("{# a\n", 1, "comment")]
    [InlineData("{% include 'x' %}", 1, "another template")]
    public void Errors_NameLineAndReason(string template, int line, string reason)
    {
        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render(Chat("user:a")));

        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.False(error.RaisedByTemplate);
    }

    [Fact]
    public void Errors_OfHugeText_QuoteAPieceOfIt()
    {
        TemplateException error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse($"{{{{ {new string('x', 50_000)}.y }}}}\u001b").Render([], new ChatTemplateOptions()));

        Assert.InRange(error.Message.Length, 1, 1100);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Fact]
    public void RaiseException_IsToldApart()
    {
        var error = Assert.Throws<TemplateException>(
            () => ChatTemplate.Parse("\n{{ raise_exception('System role not supported') }}").Render(Chat("system:a")));

        Assert.IsAssignableFrom<PeftException>(error);
        Assert.True(error.RaisedByTemplate);
        Assert.Equal(2, error.Line);
        Assert.Equal("System role not supported", error.Reason);
    }

    [Fact]
    public void Render_WithVariables_PassesThemOn() => Assert.Equal("True|2.0|None", ChatTemplate.Parse("{{ think }}|{{ n }}|{{ tools }}").Render(
        [], new ChatTemplateOptions { Variables = JsonNode.Parse("""{"think": true, "n": 2.0}""")!.AsObject() }).Text);

    [Fact]
    public void Render_WithADoubleThatCodePassed_WritesAFloat() => Assert.Equal("2.0|2", ChatTemplate.Parse("{{ a }}|{{ b }}").Render(
        [], new ChatTemplateOptions { Variables = new JsonObject { ["a"] = 2.0, ["b"] = 2 } }).Text);

    [Theory]
    [InlineData("{% for x in 5 %}\n\n{% endfor %}", 1)]
    [InlineData("\n{% for x in [1, 'a'] | map('abs') %}\n{{ x }}\n{% endfor %}", 2)]
    [InlineData("{% for x in [1] if\n x.a.b %}\n{{ x }}{% endfor %}", 2)]
    [InlineData("{% macro m(a, b) %}\n{% endmacro %}\n{{ m(1, 2, 3) }}", 3)]
    [InlineData("{% set x %}\n\n{{ 1 }}{% endset %}\n\n{{ x.y.z }}", 5)]
    [InlineData("{% raw %}\n\n{% endraw %}\n{{ 1 / 0 }}", 4)]
    [InlineData("{# \n\n #}\n{{ [1,\n2][nope.x] }}", 5)]
    [InlineData("\n{% if 1 %}\n{{ 'a' |\n nope }}\n{% endif %}", 4)]
    [InlineData("{% for x in [] %}\n{{ x is nope }}\n{% endfor %}", 2)]
    public void Errors_OfSpreadTemplates_NameTheLine(string template, int line) =>
        Assert.Equal(line, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render([])).Line);

    [Fact]
    public void Render_FromSeveralThreads_GivesTheSame()
    {
        ChatTemplate template = ChatTemplate.Parse("{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + m.content|length %}{% endfor %}{{ ns.n }}");

        string[] texts = [.. Enumerable.Range(0, 100).AsParallel().AsOrdered().Select(n => template.Render(Chat("user:" + new string('x', n))).Text)];

        Assert.Equal(Enumerable.Range(0, 100).Select(n => n.ToString()), texts);
    }

    private static JsonArray Chat(params string[] turns) =>
        [.. turns.Select(turn => new JsonObject { ["role"] = turn.Split(':', 2)[0], ["content"] = turn.Split(':', 2)[1] })];

    private static string[] Parts(RenderedChat chat) => [.. chat.Generated.Select(span => chat.Text[span.Start..span.End])];
}
