using Peft.Declarative.Templates.Lexing;
using Peft.Declarative.Templates.Syntax;

namespace Peft.Declarative.Templates.Parsing;

/// <summary>Reads what is assigned to.</summary>
internal sealed class TargetParser(TokenStream stream)
{
    /// <summary>A variable or several.</summary>
    /// <param name="endName">Name that ends the list, such as <c>in</c>.</param>
    /// <param name="withNamespace">Whether <c>ns.a</c> is allowed.</param>
    internal Target Parse(string? endName = null, bool withNamespace = false)
    {
        if (withNamespace && stream.Following.IsOperator("."))
        {
            Token space = Name();
            stream.Next();
            return new Target.NamespaceAttribute(space.Line, space.Text, stream.Expect(TokenKind.Name, "the name of an attribute").Text);
        }

        return stream.Deeper(() => List(endName));
    }

    private Target List(string? endName)
    {
        int line = stream.Current.Line;
        List<Target> targets = [];
        bool several = false;
        while (!AtEnd(endName))
        {
            targets.Add(Single());
            if (!stream.TakeOperator(","))
            {
                break;
            }

            several = true;
        }

        return targets.Count switch
        {
            0 => throw stream.Unexpected("a variable"),
            1 when !several => targets[0],
            _ => new Target.Several(line, targets),
        };
    }

    private bool AtEnd(string? endName) => stream.Current.Kind == TokenKind.BlockEnd || stream.Current.IsOperator(")")
        || stream.Current.IsOperator("=") || (endName is not null && stream.Current.IsName(endName));

    private Target Single()
    {
        if (stream.TakeOperator("("))
        {
            Target inner = stream.Deeper(() => List(endName: null));
            stream.ExpectOperator(")");
            return inner;
        }

        Token name = Name();
        return name.Text is "true" or "false" or "none" or "True" or "False" or "None" or "loop"
            ? throw new TemplateException(name.Line, $"'{name.Text}' cannot be assigned to")
            : new Target.Variable(name.Line, name.Text);
    }

    private Token Name() => stream.Expect(TokenKind.Name, "a variable");
}
