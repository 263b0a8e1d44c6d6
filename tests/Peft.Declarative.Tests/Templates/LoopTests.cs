namespace Peft.Declarative.Tests.Templates;

/// <summary>Loops of templates: when items are read, and where 'break' and 'continue' lead. An expected null is an error.</summary>
public class LoopTests
{
    [Theory]
    [InlineData("{% set ns = namespace(f=false) %}{% for x in l if not ns.f %}{% set ns.f = true %}{{ x }}{% endfor %}", "3")]
    [InlineData("{% set ns = namespace(f=false) %}{% for x in l if not ns.f %}{% set ns.f = true %}{{ x }}{{ loop.last }}{% endfor %}", "3True")]
    [InlineData("{% set ns = namespace(f=0) %}{% for x in l if ns.f < 2 %}{{ loop.index }}{% set ns.f = ns.f + 1 %}{{ x }}{% endfor %}", "1321")]
    [InlineData("{% for x in l if x > 1 %}{{ x }}{{ loop.length }}{{ loop.revindex }}{{ loop.nextitem }};{% endfor %}", "3222;221;")]
    [InlineData("{% for x in [1, 'a', 2] | map('abs') %}{{ x }}{{ loop.index }}{% break %}{% endfor %}", "11")]
    [InlineData("{% for x in [1, 'a', 2] | map('abs') %}{{ x }}{{ loop.last }}{% break %}{% endfor %}", null)]
    [InlineData("{% set g = l | map('string') %}{% for x in g %}{{ x }}{% break %}{% endfor %}{{ g | list }}", "3['1', '2']")]
    [InlineData("{% set g = l | map('string') %}{% for x in g %}{{ x }}{{ loop.last }}{% break %}{% endfor %}{{ g | list }}", "3False['2']")]
    [InlineData("{% for x in l %}{{ loop }}{{ loop | length }}{{ loop is iterable }}{% endfor %}", "<LoopContext 1/3>3True<LoopContext 2/3>3True<LoopContext 3/3>3True")]
    public void Items_AreReadAsTheLoopGoesOn(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{% for x in l %}{% with a = 1 %}{{ x }}{% break %}{% endwith %}{% endfor %}e", "3e")]
    [InlineData("{% for x in l %}{% with a = 1 %}{{ x }}{% continue %}{% endwith %}z{% endfor %}e", "312e")]
    [InlineData("{% for x in l %}{% filter upper %}a{% break %}{% endfilter %}{% endfor %}e", "e")]
    [InlineData("{% for x in l %}{% if x == 1 %}{% set y %}q{% continue %}{% endset %}{% endif %}{{ x }}{% endfor %}", "32")]
    [InlineData("{% for y in l %}{% for x in [] %}{% else %}{% break %}{% endfor %}{{ y }}{% endfor %}e", "e")]
    [InlineData("{% for y in l %}{% for x in [] recursive %}{% else %}{% break %}{% endfor %}{% endfor %}", null)]
    [InlineData("{% for x in l %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}", null)]
    [InlineData("{% for x in l %}{% generation %}{% break %}{% endgeneration %}{% endfor %}", null)]
    [InlineData("{% for x in l %}{% block b %}{% break %}{% endblock %}{% endfor %}", null)]
    public void Jumps_LeaveTheNearestLoopOfTheirFunction(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{% for loop in l %}{% endfor %}", null)]
    [InlineData("{% for x in l %}{% set loop = 1 %}{% endfor %}", null)]
    [InlineData("{% set loop = 1 %}{{ loop }}", "1")]
    [InlineData("{% for a, in [(1,)] %}{{ a }}{% endfor %}", null)]
    [InlineData("{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123")]
    public void Targets_AreThoseOfTheReference(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));
}
