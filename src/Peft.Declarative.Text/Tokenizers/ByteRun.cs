using System.Buffers;
using System.Text;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>Neighboring tokens that each spell one byte (byte fallback). The reference decodes such a run as a whole: it is text, or each of its bytes is U+FFFD.</summary>
internal sealed class ByteRun
{
    private readonly List<byte> _open = [];

    /// <summary>Whether the last token was not one of these.</summary>
    internal bool IsEmpty { get; private set; } = true;

    /// <summary>Whether the run is no UTF-8, whatever follows.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Tokens at the end that spell the beginning of a character.</summary>
    internal int Incomplete => _open.Count;

    internal void Add(ITokenizer tokenizer, int id)
    {
        if ((tokenizer as Tokenizer)?.ByteOf(id) is not { } value)
        {
            Clear();
            return;
        }

        IsEmpty = false;
        if (IsBroken)
        {
            return;
        }

        _open.Add(value);
        switch (Rune.DecodeFromUtf8(_open.ToArray(), out _, out _))
        {
            case OperationStatus.Done:
                _open.Clear();
                break;
            case OperationStatus.InvalidData:
                IsBroken = true;
                _open.Clear();
                break;
        }
    }

    internal void Clear()
    {
        _open.Clear();
        (IsEmpty, IsBroken) = (true, false);
    }
}
