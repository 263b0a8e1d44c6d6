namespace Peft.Declarative.Text.Normalizers;

/// <summary>Changes text before it is cut, such as to lower case.</summary>
internal interface INormalizer
{
    /// <summary>The normal form; text without lone surrogates in, the same out.</summary>
    string Normalize(string text);

    /// <summary>Whether the normal form begins with something that did not begin the text, because what did is left out.</summary>
    bool DropsStart(string text) => false;
}
