using System.Globalization;
using System.Numerics;
using Peft.Declarative.Templates.Lexing;
using Peft.Declarative.Templates.Syntax;

namespace Peft.Declarative.Templates.Parsing;

/// <summary>Reads names, literals and brackets.</summary>
internal sealed class PrimaryParser(TokenStream stream)
{
    internal Expression Parse()
    {
        Token token = stream.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Word(token);
            case TokenKind.StringLiteral:
                string text = token.Text;
                while (stream.Current.Kind == TokenKind.StringLiteral)
                {
                    text += stream.Next().Text; // neighbouring literals are one
                }

                return new Expression.Literal(token.Line, text);
            case TokenKind.Integer:
                return new Expression.Literal(token.Line, Integer(token.Text));
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

    internal static BigInteger Integer(string text)
    {
        int radix = text.Length < 2 ? 10 : char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 };
        return radix == 10
            ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
            : text[2..].Aggregate(BigInteger.Zero, (value, digit) => value * radix + Convert.ToInt32(digit.ToString(), 16));
    }

    private Expression Nested() => new ExpressionParser(stream).Parse();
}
