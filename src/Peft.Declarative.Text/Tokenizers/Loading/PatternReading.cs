using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Loading;

/// <summary>Reads <c>{"String": …}</c> and <c>{"Regex": …}</c>.</summary>
internal static class PatternReading
{
    internal static Pattern Read(JsonSection section)
    {
        if (section.IsText)
        {
            return Pattern.Literal(section.AsText());
        }

        if (section.TextOrNull("String") is { } literal)
        {
            return Pattern.Literal(literal);
        }

        try
        {
            return Pattern.Expression(section.Text("Regex"));
        }
        catch (PatternSyntaxException broken)
        {
            throw section["Regex"].Error($"cannot be used: {broken.Message}.", broken);
        }
    }
}
