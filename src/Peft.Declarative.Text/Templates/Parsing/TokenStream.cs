using System.Runtime.CompilerServices;
using Peft.Declarative.Text.Templates.Lexing;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>The tokens of a template, read one after the other.</summary>
internal sealed class TokenStream(IReadOnlyList<Token> tokens)
{
    // A level takes up to 4 KB of stack. The reference, which Python limits in the same way, reads as many.
    private const int DeepestNesting = 64;

    private int _position;
    private int _depth;

    internal int Position => _position;

    /// <summary>How many loops are open, whether or not a macro inside them is.</summary>
    internal int OpenLoops { get; set; }

    internal Token Current => tokens[_position];

    internal Token Following => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    internal Token Next()
    {
        Token token = Current;
        _position = Math.Min(_position + 1, tokens.Count - 1);
        return token;
    }

    internal bool TakeName(string name) => Take(Current.IsName(name));

    internal bool TakeOperator(string sign) => Take(Current.IsOperator(sign));

    internal Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    internal void ExpectOperator(string sign)
    {
        if (!TakeOperator(sign))
        {
            throw Unexpected($"'{sign}'");
        }
    }

    internal void ExpectName(string name)
    {
        if (!TakeName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    /// <summary>Whether a name is among the tokens from <paramref name="start"/> up to here.</summary>
    internal bool Mentioned(string name, int start) => tokens.Skip(start).Take(_position - start).Any(token => token.IsName(name));

    internal TemplateException Unexpected(string wanted) => new(Current.Line, $"{wanted} was expected, but there is {Current.Describe()}");

    internal TemplateException Error(string reason) => new(Current.Line, reason);

    /// <summary>Runs a part of the parser one level deeper; too many levels are an error, the same one on every stack.</summary>
    internal T Deeper<T>(Func<T> parse)
    {
        if (++_depth > DeepestNesting)
        {
            throw Error($"it is nested deeper than {DeepestNesting} levels");
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error("the caller has left too little of the thread's stack");
        }

        T parsed = parse();
        _depth--;
        return parsed;
    }

    private bool Take(bool matches)
    {
        if (matches)
        {
            Next();
        }

        return matches;
    }
}
