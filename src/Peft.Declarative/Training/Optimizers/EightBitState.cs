using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// One moment of one parameter in 8 bits: codes of the dynamic map and a scale for each block of 256. Small tensors are float32, because their state
/// costs little and scales would cost accuracy. Dettmers et al. 2021, arXiv 2110.02861.
/// </summary>
internal sealed unsafe class EightBitState
{
    /// <summary>The number of elements that share a scale. Dettmers et al. use 2048; bitsandbytes, whose states these are, now uses 256.</summary>
    internal const int BlockSize = 256;

    private readonly CodeTable _table;
    private readonly Tensor _values;
    private readonly Tensor? _scales;

    /// <param name="table">The map: signed for averages of gradients, unsigned for those of squares.</param>
    /// <param name="values">The uint8 codes or float32 numbers, in the shape of the parameter.</param>
    /// <param name="scales">The scales, float32 [blocks]; <see langword="null"/> for float32 numbers.</param>
    internal EightBitState(CodeTable table, Tensor values, Tensor? scales)
    {
        _table = table;
        _values = values;
        _scales = scales;
    }

    /// <summary>Gets the moment as numbers, in the caller's scope. For a float32 state, it is the state itself.</summary>
    internal Tensor Read()
    {
        if (_scales is null)
        {
            return _values;
        }

        if (_values.device_type != DeviceType.CPU)
        {
            return EightBitTensors.Dequantize(_table, _values, _scales, BlockSize);
        }

        Tensor numbers = empty(_values.shape, dtype: ScalarType.Float32, device: CPU);
        EightBitKernel.Dequantize(
            _table, (byte*)RawTensor.Address(_values), (float*)RawTensor.Address(_scales), _values.numel(), BlockSize, (float*)RawTensor.Address(numbers));
        return numbers;
    }

    /// <summary>Stores a moment. Does nothing for a float32 state, which was changed in place.</summary>
    internal void Write(Tensor numbers)
    {
        if (_scales is null)
        {
            return;
        }

        if (_values.device_type != DeviceType.CPU)
        {
            EightBitTensors.Quantize(_table, numbers, _values, _scales, BlockSize);
            return;
        }

        EightBitKernel.Quantize(
            _table, (float*)RawTensor.Address(numbers), numbers.numel(), BlockSize,
            (byte*)RawTensor.Address(_values), (float*)RawTensor.Address(_scales), zeroFactor: 1);
    }
}
