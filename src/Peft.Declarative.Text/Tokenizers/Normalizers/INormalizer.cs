namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Changes text before it is cut, such as to lower case.</summary>
internal interface INormalizer
{
    /// <summary>The normal form; text without lone surrogates in, the same out.</summary>
    string Normalize(string text);

    /// <summary>How far the normal form comes from the user's first character: 0 if that is left out.</summary>
    /// <param name="text">A text.</param>
    /// <param name="units">How far the text itself does, in UTF-16 units.</param>
    int UnitsOfStart(string text, int units) => Normalize(text[..units]).Length;
}
