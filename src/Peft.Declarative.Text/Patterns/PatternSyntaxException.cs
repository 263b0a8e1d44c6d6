namespace Peft.Declarative.Text.Patterns;

/// <summary>A pattern that cannot be read; its reader adds where the pattern stands.</summary>
internal sealed class PatternSyntaxException(string pattern, int position, string problem)
    : Exception($"pattern '{pattern}' at character {position + 1}: {problem}");
