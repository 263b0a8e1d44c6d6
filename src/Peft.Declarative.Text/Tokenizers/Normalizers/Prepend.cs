namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Puts something before text that is not empty.</summary>
internal sealed class Prepend(string prefix) : INormalizer
{
    public string Normalize(string text) => text.Length == 0 ? text : prefix + text;
}
