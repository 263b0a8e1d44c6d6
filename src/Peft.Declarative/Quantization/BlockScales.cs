namespace Peft.Declarative.Quantization;

/// <summary>Scales of blocks in host memory: plain numbers, or codes of the dynamic map times a second scale, around their mean.</summary>
internal readonly unsafe struct BlockScales
{
    private readonly float* _plain;
    private readonly byte* _codes;
    private readonly float* _nested;
    private readonly float _offset;
    private readonly float[] _map;

    internal BlockScales(float* plain)
    {
        _plain = plain;
        _map = [];
    }

    internal BlockScales(byte* codes, float* nested, float offset)
    {
        _codes = codes;
        _nested = nested;
        _offset = offset;
        _map = CodeTable.SignedDynamic.Values;
    }

    internal float this[long block] =>
        _codes is null ? _plain[block] : (_map[_codes[block]] * _nested[block / QuantizedSize.NestedBlockSize]) + _offset;
}
