namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Turns tokens back into text: step by step, each on the strings of the one before, which are joined at the end.</summary>
internal interface IDecoder
{
    /// <summary>What becomes of the strings; there may be more or fewer afterwards.</summary>
    IReadOnlyList<string> Decode(IReadOnlyList<string> tokens);
}
