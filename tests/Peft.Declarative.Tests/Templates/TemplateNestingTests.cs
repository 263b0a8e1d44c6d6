using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Templates;

/// <summary>
/// Nesting is limited in levels, not by the stack: the smallest one that a thread has by default, that of macOS, is enough for the deepest templates of every kind,
/// also of a build for the debugger.
/// </summary>
public class TemplateNestingTests
{
    private const int SmallStack = 512 * 1024;
    private const string Grow = "{% for i in range(2000) %}{% set ns.x = ";
    private const string Grown = " %}{% endfor %}";

    [Theory]
    [InlineData("{% set ns = namespace(x=1) %}" + Grow + "[ns.x]" + Grown + "{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x=1) %}" + Grow + "{1: ns.x}.items()" + Grown + "{{ ns.x }}")]
    [InlineData("{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}")]
    [InlineData("{% set ns = namespace(x=1) %}" + Grow + "{'a': ns.x}" + Grown + "{{ ns.x|tojson }}")]
    [InlineData("{% set ns = namespace(x=1) %}" + Grow + "{1: ns.x}" + Grown + "{% set a = ns.x %}{% set ns.x = 1 %}" + Grow + "{1: ns.x}" + Grown + "{{ a == ns.x }}")]
    [InlineData("{% set ns = namespace(x=1) %}" + Grow + "[ns.x]" + Grown + "{% set a = ns.x %}{% set ns.x = 1 %}" + Grow + "[ns.x]" + Grown + "{{ a < ns.x }}")]
    [InlineData("{% set ns = namespace(x=1) %}" + Grow + "(ns.x,)" + Grown + "{{ {ns.x: 1} }}")]
    [InlineData("{% set ns = namespace(x=[1]) %}" + Grow + "ns.x|slice(1)" + Grown + "{{ ns.x|list }}")]
    [InlineData("{% set ns = namespace(x=[[1]]) %}" + Grow + "[ns.x]|map('groupby', 0)" + Grown + "{{ ns.x|list }}")]
    [InlineData("{% macro f() %}{% for i in [1] if f() %}{% endfor %}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f() %}{% for i in [1] %}{% call f() %}{{ caller }}{% endcall %}{% endfor %}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f() %}{% filter trim %}{% set x %}{{ [(f(*[]), 1)] }}{% endset %}{% endfilter %}{% endmacro %}{{ f() }}")]
    [InlineData("{% for x in [[1]] recursive %}{{ loop([x]) }}{% endfor %}")]
    public void Render_NestedTooDeep_EndsInTheSameErrorOnASmallStack(string template)
    {
        var error = Assert.IsType<TemplateException>(OnSmallStack(() => ChatTemplate.Parse(template).Render([])));

        Assert.Equal("values, expressions or calls are nested more than 200 levels deep", error.Reason);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("{1: ", "}")]
    [InlineData("f is f(", ")")]
    [InlineData("f|f(a=", ")")]
    public void Parse_NestedTooDeep_EndsInTheSameErrorOnASmallStack(string open, string close)
    {
        string template = $"{{{{ {Repeat(open, 100)}1{Repeat(close, 100)} }}}}";

        var error = Assert.IsType<TemplateException>(OnSmallStack(() => ChatTemplate.Parse(template)));

        Assert.Equal("it is nested deeper than 64 levels", error.Reason);
    }

    [Theory]
    [InlineData("{{ ns.x }}")]
    [InlineData("{{ ns.x == [ns.x][0][:] }}")]
    [InlineData("{{ ns.x|tojson }}")]
    public void Values_AreAsDeepAsTheLimitSays(string use)
    {
        static string Nested(int levels, string use) => $"{{% set ns = namespace(x=1) %}}{{% for i in range({levels}) %}}{{% set ns.x = [ns.x] %}}{{% endfor %}}{use}";

        ChatTemplate.Parse(Nested(190, use)).Render([]);
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(Nested(200, use)).Render([]));
    }

    [Fact]
    public void Sum_OfAsManyTermsAsTheLimitSays_IsWritten() =>
        Assert.Equal("199", ChatTemplate.Parse($"{{{{ 1{Repeat(" + 1", 198)} }}}}").Render([]).Text);

    [Theory]
    [InlineData("{{ messages }}")]
    [InlineData("{{ messages|tojson(indent=1) }}")]
    [InlineData("{% macro show(x) %}{% if x is string %}{{ x }}{% else %}{% for y in x %}{{ show(y) }}{% endfor %}{% endif %}{% endmacro %}{{ show(messages[0][0][0]) }}")]
    public void Conversation_AsDeepAsOneMayBe_IsWrittenOnASmallStack(string template)
    {
        int levels = template.Contains("macro", StringComparison.Ordinal) ? 40 : 128;
        JsonNode deep = "end";
        for (int i = 0; i < levels; i++)
        {
            deep = new JsonArray(deep);
        }

        Assert.Null(OnSmallStack(() => Assert.Contains("end", ChatTemplate.Parse(template).Render((JsonArray)deep).Text, StringComparison.Ordinal)));
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static Exception? OnSmallStack(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action), SmallStack);
        thread.Start();
        thread.Join();
        return error;
    }
}
