using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads the tags that name things or capture what their body writes.</summary>
/// <param name="stream">The tokens.</param>
/// <param name="expressions">Reads expressions from them.</param>
/// <param name="body">Reads a body up to the tag of the given name; the flag says whether it is called like a macro.</param>
internal sealed class DefinitionParser(TokenStream stream, ExpressionParser expressions, Func<string, bool, Body> body)
{
    internal Statement Set(int line)
    {
        Target target = new TargetParser(stream).Parse(withNamespace: true);
        if (stream.TakeOperator("="))
        {
            return new Statement.Set(line, target, expressions.ParseTuple());
        }

        Expression? filter = stream.Current.IsOperator("|") ? expressions.ParseFilters(firstHasPipe: true) : null;
        return new Statement.SetBlock(line, target, filter, body("endset", false));
    }

    internal Statement With(int line)
    {
        List<(Target, Expression)> assignments = [];
        while (stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            Target target = new TargetParser(stream).Parse();
            stream.ExpectOperator("=");
            assignments.Add((target, expressions.Parse()));
        }

        return new Statement.With(line, assignments, body("endwith", false));
    }

    internal Statement Macro(int line)
    {
        string name = TargetParser.Assignable(stream.Expect(TokenKind.Name, "the name of a macro")).Text;
        return new Statement.Macro(line, name, Definition(Parameters(), "endmacro"));
    }

    internal Statement CallBlock(int line)
    {
        IReadOnlyList<Parameter> parameters = stream.Current.IsOperator("(") ? Parameters() : [];
        return expressions.Parse() is Expression.Call call
            ? new Statement.CallBlock(line, Definition(parameters, "endcall"), call)
            : throw new TemplateException(line, "a call must follow 'call'");
    }

    internal Statement FilterBlock(int line) => new Statement.FilterBlock(line, expressions.ParseFilters(firstHasPipe: false), body("endfilter", false));

    private MacroBody Definition(IReadOnlyList<Parameter> parameters, string end)
    {
        int start = stream.Position;
        Body content = body(end, true);
        bool Mentions(string name) => parameters.All(parameter => parameter.Id != name) && stream.Mentioned(name, start);
        if (stream.Mentioned("caller", start) && parameters.Any(parameter => parameter is { Id: "caller", Default: null }))
        {
            throw stream.Error("the parameter 'caller' must be omitted or be given a default");
        }

        return new MacroBody(parameters, content, Mentions("caller"), Mentions("varargs"), Mentions("kwargs"));
    }

    private List<Parameter> Parameters()
    {
        stream.ExpectOperator("(");
        List<Parameter> parameters = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!stream.TakeOperator(")"))
        {
            if (parameters.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            string name = TargetParser.Assignable(stream.Expect(TokenKind.Name, "a parameter")).Text;
            if (!names.Add(name))
            {
                throw stream.Error($"there are two parameters '{name}'");
            }

            Expression? otherwise = stream.TakeOperator("=") ? expressions.Parse() : null;
            if (otherwise is null && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw stream.Error($"the parameter '{name}' has no default but follows one that has");
            }

            parameters.Add(new Parameter(name, otherwise));
        }

        return parameters;
    }
}
