namespace Peft.Declarative.Text;

/// <summary>Errors about tokenizer files. All carry one id, because all have one remedy: another file.</summary>
internal static class TokenizerProblem
{
    internal const string Id = "PEFT505";

    internal static PeftException In(string file, string place, string problem, Exception? inner = null) =>
        new(Id, $"{file}: {(place.Length == 0 ? "the file" : $"'{place}'")} {problem}", inner);
}
