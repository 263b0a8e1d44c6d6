using System.Text.RegularExpressions;

namespace Peft.Declarative.Targeting;

/// <summary>
/// A user's regular expression over paths. Files from strangers carry such expressions too, so every match has a time limit,
/// and an expression that exceeds it counts as a mistake in the expression.
/// </summary>
internal sealed class PathPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex regex;

    private PathPattern(Regex regex) => this.regex = regex;

    /// <summary>Why the expression cannot be used, once that is known.</summary>
    internal string? Failure { get; private set; }

    /// <summary>An expression that must match the whole path.</summary>
    internal static PathPattern? Whole(string expression, out string? failure) => Create($@"\A(?:{expression})\z", expression, out failure);

    /// <summary>An expression that must match the path's end from a dot on, or all of it: how rank and alpha patterns are keyed.</summary>
    internal static PathPattern? End(string expression, out string? failure) => Create($@"\A(?:.*\.)?(?:{expression})\z", expression, out failure);

    internal bool Matches(string path)
    {
        if (Failure is not null) return false;
        try
        {
            return regex.IsMatch(path);
        }
        catch (RegexMatchTimeoutException)
        {
            Failure = $"it needs more than {Limit.TotalSeconds:0} s on '{path}'";
            return false;
        }
    }

    private static PathPattern? Create(string anchored, string expression, out string? failure)
    {
        try
        {
            // Tried alone first: inside the anchors an unbalanced ')' would change their meaning instead of failing.
            _ = new Regex(expression, RegexOptions.CultureInvariant, Limit);
            failure = null;
            return new PathPattern(new Regex(anchored, RegexOptions.CultureInvariant, Limit));
        }
        catch (ArgumentException error)
        {
            failure = error.Message.TrimEnd('.');
            return null;
        }
    }
}
