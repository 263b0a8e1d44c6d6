using Peft.Declarative.Errors;
using Peft.Declarative.Text;

namespace Peft.Declarative.Data;

/// <summary>Turns texts into rows. A text that leaves nothing to learn is a <see cref="FormatException"/> that says why.</summary>
internal sealed class RowEncoder(ITokenizer tokenizer, int maxLength, int? endOfSequence)
{
    private readonly int[] _end = endOfSequence is { } id ? [id] : [];

    internal TrainingRow Text(string text) =>
        Cut(TrainingRow.OfText([.. tokenizer.Encode(text), .. _end]), "the text has fewer than two tokens");

    /// <summary>
    /// Prompt and completion are encoded apart, so that the border between them is a border of tokens and what is learned is exactly what the
    /// model is asked for later: the completion after an encoded prompt.
    /// </summary>
    internal TrainingRow Completion(string prompt, string completion)
    {
        if (completion.Length == 0)
        {
            throw new FormatException("'completion' is empty");
        }

        IReadOnlyList<int> before = tokenizer.Encode(prompt);
        TrainingRow row = TrainingRow.OfCompletion(before, [.. tokenizer.Encode(completion, addSpecialTokens: false), .. _end]);
        return Cut(row, $"its prompt has {RuleTexts.Count(before.Count)} tokens, which leaves no room for the completion within {RuleTexts.Count(maxLength)}");
    }

    private TrainingRow Cut(TrainingRow row, string problem)
    {
        if (row.CountLabels(maxLength) == 0)
        {
            throw new FormatException(problem);
        }

        return row.Ids.Length <= maxLength ? row : new TrainingRow(row.Ids[..maxLength], row.Labels[..maxLength]);
    }
}
