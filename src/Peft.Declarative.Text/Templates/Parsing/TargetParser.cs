using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads what is assigned to.</summary>
internal sealed class TargetParser(TokenStream stream)
{
    /// <summary>A variable or several.</summary>
    /// <param name="withNamespace">Whether <c>ns.a</c> is allowed; inside parentheses it never is.</param>
    internal Target Parse(bool withNamespace = false) => stream.Deeper(() => List(withNamespace));

    /// <summary>Checks that a name is free for variables.</summary>
    internal static Token Assignable(Token name) => name.Text is "true" or "false" or "none" or "True" or "False" or "None"
        ? throw new TemplateException(name.Line, $"'{name.Text}' cannot be assigned to")
        : name;

    private Target List(bool withNamespace)
    {
        int line = stream.Current.Line;
        List<Target> targets = [];
        bool several = false;
        while (stream.Current.Kind != TokenKind.BlockEnd && !stream.Current.IsOperator(")"))
        {
            targets.Add(Single(withNamespace));
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

    private Target Single(bool withNamespace)
    {
        if (stream.TakeOperator("("))
        {
            Target inner = Parse();
            stream.ExpectOperator(")");
            return inner;
        }

        Token name = stream.Expect(TokenKind.Name, "a variable");
        if (name.Text == "loop" && stream.OpenLoops > 0)
        {
            throw stream.Error("'loop' cannot be assigned to inside a loop");
        }

        return withNamespace && stream.TakeOperator(".")
            ? new Target.NamespaceAttribute(name.Line, name.Text, stream.Expect(TokenKind.Name, "the name of an attribute").Text)
            : new Target.Variable(name.Line, Assignable(name).Text);
    }
}
