using Peft.Declarative.Templates.Lexing;
using Peft.Declarative.Templates.Syntax;

namespace Peft.Declarative.Templates.Parsing;

/// <summary>Reads the tags that name things or capture what their body writes.</summary>
/// <param name="stream">The tokens.</param>
/// <param name="expressions">Reads expressions from them.</param>
/// <param name="body">Reads a body up to the tag of the given name.</param>
internal sealed class DefinitionParser(TokenStream stream, ExpressionParser expressions, Func<string, List<Statement>> body)
{
    internal Statement Set(int line)
    {
        Target target = new TargetParser(stream).Parse(withNamespace: true);
        if (stream.TakeOperator("="))
        {
            return new Statement.Set(line, target, expressions.ParseTuple());
        }

        Expression? filter = stream.Current.IsOperator("|") ? expressions.ParseFilters(firstHasPipe: true) : null;
        return new Statement.SetBlock(line, target, filter, body("endset"));
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

            Token name = stream.Expect(TokenKind.Name, "a variable");
            stream.ExpectOperator("=");
            assignments.Add((new Target.Variable(name.Line, name.Text), expressions.Parse()));
        }

        return new Statement.With(line, assignments, body("endwith"));
    }

    internal Statement Macro(int line)
    {
        string name = stream.Expect(TokenKind.Name, "the name of a macro").Text;
        return new Statement.Macro(line, name, Definition(Parameters(), "endmacro"));
    }

    internal Statement CallBlock(int line)
    {
        IReadOnlyList<Parameter> parameters = stream.Current.IsOperator("(") ? Parameters() : [];
        return expressions.Parse() is Expression.Call call
            ? new Statement.CallBlock(line, Definition(parameters, "endcall"), call)
            : throw new TemplateException(line, "a call must follow 'call'");
    }

    internal Statement FilterBlock(int line) => new Statement.FilterBlock(line, expressions.ParseFilters(firstHasPipe: false), body("endfilter"));

    internal Statement Block(int line)
    {
        string name = stream.Expect(TokenKind.Name, "the name of a block").Text;
        while (stream.TakeName("scoped") || stream.TakeName("required"))
        {
            // They matter only where templates inherit from each other.
        }

        List<Statement> content = body("endblock");
        stream.TakeName(name);
        return new Statement.Block(line, content);
    }

    private MacroBody Definition(IReadOnlyList<Parameter> parameters, string end)
    {
        int start = stream.Position;
        List<Statement> statements = body(end);
        bool Mentions(string name) => parameters.All(parameter => parameter.Id != name) && stream.Mentioned(name, start);
        return new MacroBody(parameters, statements, Mentions("caller"), Mentions("varargs"), Mentions("kwargs"));
    }

    private List<Parameter> Parameters()
    {
        stream.ExpectOperator("(");
        List<Parameter> parameters = [];
        while (!stream.TakeOperator(")"))
        {
            if (parameters.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            string name = stream.Expect(TokenKind.Name, "a parameter").Text;
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
