using System.Globalization;
using System.Text.RegularExpressions;

namespace Peft.Declarative.Targeting;

/// <summary>
/// A user's regular expression over paths. Files from strangers carry such expressions too, so every match has a time limit,
/// and an expression that exceeds it counts as a mistake in the expression.
/// </summary>
internal sealed class PathPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    private PathPattern(Regex regex) => _regex = regex;

    /// <summary>Why the expression cannot be used, once that is known.</summary>
    internal string? Failure { get; private set; }

    /// <summary>An expression that must match the whole path.</summary>
    internal static PathPattern? Whole(string expression, out string? failure) => Create($@"\A(?:{expression})\z", expression, out failure);

    /// <summary>An expression that must match the path's end from a dot on, or all of it: how patterns are keyed.</summary>
    internal static PathPattern? End(string expression, out string? failure) => Create($@"\A(?:.*\.)?(?:{expression})\z", expression, out failure);

    internal bool Matches(string path)
    {
        if (Failure is not null) return false;
        try
        {
            return _regex.IsMatch(path);
        }
        catch (RegexMatchTimeoutException)
        {
            Failure = FormattableString.Invariant($"it needs more than {Limit.TotalSeconds:0} s on '{path}'");
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

/// <summary>One entry of a pattern: layers whose path ends in <paramref name="Key"/> take <paramref name="Value"/>.</summary>
/// <param name="Key">Regular expression for the end of a path.</param>
/// <param name="Value">The value there.</param>
internal sealed record PatternEntry(string Key, double Value)
{
    /// <summary>The entry's place in the list as it is written, which may have had others that cannot be read; -1 for its place among these.</summary>
    public int Position { get; init; } = -1;

    /// <summary>Reads <c>name=value</c> as written in an attribute; null if it has another form or the value is not a positive number.</summary>
    internal static PatternEntry? Parse(string text, bool whole)
    {
        int equals = text.LastIndexOf('=');
        if (equals <= 0) return null;

        string number = text.Substring(equals + 1).Trim();
        NumberStyles style = whole ? NumberStyles.None : NumberStyles.Float;
        bool read = double.TryParse(number, style, CultureInfo.InvariantCulture, out double value);
        bool usable = read && value > 0 && value <= int.MaxValue;
        return usable ? new PatternEntry(text.Substring(0, equals).Trim(), value) : null;
    }
}

/// <summary>A pattern, such as of ranks: the value of the first entry that fits a path, in the order they are written.</summary>
internal sealed class PatternTable
{
    private readonly List<(PatternEntry Entry, PathPattern? Pattern, string? Failure)> _rows = [];

    internal PatternTable(IEnumerable<PatternEntry> entries)
    {
        foreach (PatternEntry entry in entries)
        {
            PathPattern? pattern = PathPattern.End(entry.Key, out string? failure);
            _rows.Add((entry, pattern, failure));
        }
    }

    internal double Of(string path, double otherwise)
    {
        foreach (var (entry, pattern, _) in _rows)
        {
            if (pattern?.Matches(path) == true) return entry.Value;
        }

        return otherwise;
    }

    /// <summary>Reports expressions that cannot be used, and those that fit no adapted layer.</summary>
    internal void Check(string argument, IReadOnlyList<TargetLayer> adapted, TargetProblems problems)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            var (entry, pattern, failure) = _rows[i];
            int place = entry.Position >= 0 ? entry.Position : i;
            List<TargetLayer> fitting = pattern is null ? [] : adapted.Where(layer => pattern.Matches(layer.Path)).ToList();
            string? earlier = fitting.Count > 0 ? Earlier(i, fitting) : null;
            if ((failure ?? pattern?.Failure) is { } reason) problems.BadExpression(argument, place, entry.Key, reason);
            else if (fitting.Count == 0) problems.KeyFitsNothing(argument, place, entry.Key, adapted);
            else if (earlier is not null) problems.KeyIsDead(argument, place, entry.Key, earlier);
        }
    }
    /// <summary>The key of an earlier entry that decides for the last of these layers, if earlier ones decide for all; null if one is left.</summary>
    private string? Earlier(int index, List<TargetLayer> layers)
    {
        string? key = null;
        foreach (TargetLayer layer in layers)
        {
            key = _rows.Take(index).Where(row => row.Pattern?.Matches(layer.Path) == true).Select(row => row.Entry.Key).FirstOrDefault();
            if (key is null) return null;
        }

        return key;
    }
}
