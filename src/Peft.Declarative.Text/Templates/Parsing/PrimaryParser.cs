using System.Globalization;
using System.Numerics;
using System.Text;
using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads names, literals and brackets.</summary>
internal sealed class PrimaryParser(TokenStream stream)
{
    // Python reads no longer ones either.
    private const int LongestInteger = 4_300;

    internal Expression Parse()
    {
        Token token = stream.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Word(token);
            case TokenKind.StringLiteral:
                return new Expression.Literal(token.Line, Joined(token));
            case TokenKind.Integer:
                return new Expression.Literal(token.Line, Integer(token));
            case TokenKind.Float:
                return new Expression.Literal(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(":
                Expression inner = new ExpressionParser(stream).ParseTuple(inParentheses: true);
                stream.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new Expression.ListOf(token.Line, Items("]", Nested));
            case TokenKind.Operator when token.Text == "{":
                return new Expression.DictOf(token.Line, Items("}", Entry));
            default:
                throw new TemplateException(token.Line, $"an expression was expected, but there is {token.Describe()}");
        }
    }

    // Neighbouring literals are one.
    private string Joined(Token first)
    {
        if (stream.Current.Kind != TokenKind.StringLiteral)
        {
            return first.Text;
        }

        var text = new StringBuilder(first.Text);
        while (stream.Current.Kind == TokenKind.StringLiteral)
        {
            text.Append(stream.Next().Text);
        }

        return text.ToString();
    }

    private static Expression Word(Token token) => token.Text switch
    {
        "true" or "True" => new Expression.Literal(token.Line, true),
        "false" or "False" => new Expression.Literal(token.Line, false),
        "none" or "None" => new Expression.Literal(token.Line, null),
        _ => new Expression.Name(token.Line, token.Text),
    };

    private (Expression, Expression) Entry()
    {
        Expression key = Nested();
        stream.ExpectOperator(":");
        return (key, Nested());
    }

    private List<T> Items<T>(string end, Func<T> parse)
    {
        List<T> items = [];
        while (!stream.TakeOperator(end))
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
                if (stream.TakeOperator(end))
                {
                    break;
                }
            }

            items.Add(parse());
        }

        return items;
    }

    internal static BigInteger Integer(Token token)
    {
        string text = token.Text;
        if (text.Length > LongestInteger)
        {
            throw new TemplateException(token.Line, FormattableString.Invariant($"an integer has more than {LongestInteger:N0} digits"));
        }

        int radix = text.Length < 2 ? 10 : char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 };
        return radix == 10
            ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
            : text[2..].Aggregate(BigInteger.Zero, (value, digit) => value * radix + Convert.ToInt32(digit.ToString(), 16));
    }

    private Expression Nested() => new ExpressionParser(stream).Parse();
}
