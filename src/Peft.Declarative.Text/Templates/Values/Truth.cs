using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>What counts as true.</summary>
internal static class Truth
{
    internal static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        ISequence sequence => sequence.Count > 0,
        DictValue dict => dict.Count > 0,
        DictView view => view.Dict.Count > 0,
        _ => true,
    };
}
