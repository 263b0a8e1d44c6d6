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
    private readonly StateHome _home;

    /// <param name="table">The map: signed for averages of gradients, unsigned for those of squares.</param>
    /// <param name="values">The uint8 codes or float32 numbers, in the shape of the parameter.</param>
    /// <param name="scales">The scales, float32 [blocks]; <see langword="null"/> for float32 numbers.</param>
    /// <param name="home">Where both are between steps.</param>
    internal EightBitState(CodeTable table, Tensor values, Tensor? scales, StateHome home)
    {
        _table = table;
        _values = values;
        _scales = scales;
        _home = home;
    }

    /// <summary>Gets the moment as numbers, in the caller's scope. For a float32 state that is not paged, it is the state itself.</summary>
    /// <param name="device">The device of the parameter.</param>
    internal Tensor Read(Device device)
    {
        Tensor values = _home.Bring(_values, device);
        if (_scales is null)
        {
            return values;
        }

        Tensor scales = _home.Bring(_scales, device);
        if (device.type != DeviceType.CPU)
        {
            return EightBitTensors.Dequantize(_table, values, scales, BlockSize);
        }

        Tensor numbers = empty_like(values, dtype: ScalarType.Float32);
        EightBitKernel.Dequantize(
            _table, (byte*)RawTensor.Address(values), (float*)RawTensor.Address(scales), values.numel(), BlockSize, (float*)RawTensor.Address(numbers));
        return numbers;
    }

    /// <summary>Stores a moment that a step has changed. Does nothing for a float32 state that is not paged, which was changed in place.</summary>
    internal void Write(Tensor numbers)
    {
        if (_scales is null)
        {
            _home.Return(_values, numbers);
            return;
        }

        Tensor values = _home.IsPaged ? empty_like(_values, device: numbers.device) : _values;
        Tensor scales = _home.IsPaged ? empty_like(_scales, device: numbers.device) : _scales;
        if (numbers.device_type != DeviceType.CPU)
        {
            EightBitTensors.Quantize(_table, numbers, values, scales, BlockSize);
        }
        else
        {
            EightBitKernel.Quantize(
                _table, (float*)RawTensor.Address(numbers), numbers.numel(), BlockSize, (byte*)RawTensor.Address(values), (float*)RawTensor.Address(scales), zeroFactor: 1);
        }

        _home.Return(_values, values);
        _home.Return(_scales, scales);
    }
}
