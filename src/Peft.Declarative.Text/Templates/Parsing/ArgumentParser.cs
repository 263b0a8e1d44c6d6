using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads the arguments of calls, filters and tests.</summary>
internal sealed class ArgumentParser(TokenStream stream)
{
    /// <summary>From the opening parenthesis to the closing one.</summary>
    internal ArgumentList Parse()
    {
        stream.ExpectOperator("(");
        List<Expression> positional = [];
        List<(string, Expression)> keywords = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expression? rest = null;
        Expression? keywordRest = null;
        bool first = true;
        while (!stream.TakeOperator(")"))
        {
            if (!first)
            {
                stream.ExpectOperator(",");
                if (stream.TakeOperator(")"))
                {
                    break;
                }
            }

            first = false;
            if (keywordRest is not null)
            {
                throw stream.Error("nothing may follow a '**' argument");
            }

            if (stream.TakeOperator("**"))
            {
                keywordRest = Nested();
            }
            else if (stream.TakeOperator("*"))
            {
                rest = rest is null ? Nested() : throw stream.Error("a call takes one '*' argument");
            }
            else if (stream.Current.Kind == TokenKind.Name && stream.Following.IsOperator("="))
            {
                string name = stream.Next().Text;
                if (!names.Add(name))
                {
                    throw stream.Error($"the argument '{name}' is given twice");
                }

                stream.Next();
                keywords.Add((name, Nested()));
            }
            else
            {
                positional.Add(rest is null && keywords.Count == 0 ? Nested() : throw stream.Error("an argument by position must come first"));
            }
        }

        return new ArgumentList(positional, keywords, rest, keywordRest);
    }

    private Expression Nested() => new ExpressionParser(stream).Parse();
}
