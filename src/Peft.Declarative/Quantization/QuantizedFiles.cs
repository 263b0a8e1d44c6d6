using Peft.Declarative.Checkpoints;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Weights in 4 or 8 bits in checkpoint files, under the names that bitsandbytes and transformers use. The codes have the name of the weight; separate tensors
/// contain the scales, the values of the codes, and the quantization state. Integers of 8 bits have their own names, see <see cref="RowInt8Files"/>.
/// </summary>
internal static class QuantizedFiles
{
    private const string Scales = ".absmax";
    private const string Map = ".quant_map";
    private const string NestedScales = ".nested_absmax";
    private const string NestedMap = ".nested_quant_map";
    private const string State = ".quant_state.bitsandbytes__";
    private const int LongestState = 1 << 16;

    /// <summary>Determines whether a weight is stored in 4 or 8 bits.</summary>
    internal static bool Has(ModelDirectory files, string weight) => StateName(files, weight) is not null || RowInt8Files.Has(files, weight);

    /// <summary>The names of all tensors that belong to a weight, including the weight itself.</summary>
    internal static IEnumerable<string> NamesOf(ModelDirectory files, string weight) => RowInt8Files.Has(files, weight)
        ? RowInt8Files.NamesOf(weight)
        : [weight, weight + Scales, weight + Map, weight + NestedScales, weight + NestedMap, StateName(files, weight)!];

    /// <summary>Describes why a weight cannot be read from the files; <see langword="null"/> if it can.</summary>
    /// <param name="files">The files.</param>
    /// <param name="weight">The name of the weight.</param>
    /// <param name="shape">The shape of the layer's weight.</param>
    /// <param name="transposed">Whether that shape is [in, out].</param>
    internal static string? Problem(ModelDirectory files, string weight, long[] shape, bool transposed)
    {
        if (RowInt8Files.Has(files, weight))
        {
            return RowInt8Files.Problem(files, weight, transposed ? [.. shape.Reverse()] : shape);
        }

        using DisposeScope scope = NewDisposeScope();
        if (ReadState(files, weight, out string? problem) is not { } state)
        {
            return $"the state of '{weight}' {problem}";
        }

        if (!state.Shape.SequenceEqual(shape))
        {
            return $"'{weight}' is [{string.Join(", ", state.Shape)}] in {state.Settings.Bits} bits, but should be [{string.Join(", ", shape)}]";
        }

        long elements = shape.Aggregate(1L, (product, size) => product * size);
        long blocks = BlockRange.Count(elements, state.Settings.BlockSize);
        bool nested = state.Settings.HasNestedScales;
        return Codes(files, weight, ((elements * state.Settings.Bits) + 7) / 8)
            ?? Size(files, weight + Scales, nested ? SafetensorsDtype.U8 : SafetensorsDtype.F32, blocks)
            ?? (nested ? Size(files, weight + NestedScales, SafetensorsDtype.F32, BlockRange.Count(blocks, state.Settings.NestedBlockSize)) : null)
            ?? Values(files, weight + Map, CodeTable.Of(state.Settings.Type).FileValues)
            ?? (nested ? Values(files, weight + NestedMap, CodeTable.SignedDynamic.Values) : null);
    }

    /// <summary>Reads a weight. On the CPU, its codes remain a view into the file.</summary>
    /// <param name="files">The files.</param>
    /// <param name="weight">The name of the weight.</param>
    /// <param name="device">The device for the codes and scales.</param>
    /// <param name="outlierThreshold">The threshold of <see cref="QuantizationSettings.OutlierThreshold"/>, which is in config.json.</param>
    internal static QuantizedTensor Read(ModelDirectory files, string weight, Device device, double outlierThreshold)
    {
        if (RowInt8Files.Has(files, weight))
        {
            return RowInt8Files.Read(files, weight, device, outlierThreshold);
        }

        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        QuantizedState state = ReadState(files, weight, out _)!;
        Tensor? nested = state.Settings.HasNestedScales ? files.Read(weight + NestedScales) : null;
        var scales = new ScaleTensors(files.Read(weight + Scales), nested, state.Offset, state.Settings.NestedBlockSize);
        Tensor bytes = files.ReadBytes(weight);
        Tensor packed = state.Settings.Bits == 4 ? bytes : bytes.view(state.Shape).DetachFromDisposeScope();
        Tensor moved = device.type == DeviceType.CPU ? packed : packed.to(device).DetachFromDisposeScope();
        return QuantizedTensor.FromParts(state.Settings, state.Shape, state.SourceType, moved, scales.To(device));
    }

    /// <summary>All tensors that are written for a weight. The maps and the state are new tensors in the caller's dispose scope.</summary>
    internal static IEnumerable<(string Name, Tensor Value)> Parts(string weight, QuantizedTensor source) =>
        source.Settings.Type == QuantizationType.Int8 ? RowInt8Files.Parts(weight, source) : PartsWithState(weight, source);

    /// <summary>Describes why a tensor of a size is not in the files; <see langword="null"/> if it is.</summary>
    internal static string? Size(ModelDirectory files, string name, SafetensorsDtype type, long count)
    {
        if (!files.Contains(name))
        {
            return $"'{name}' is missing";
        }

        SafetensorsEntry entry = files.Entry(name);
        long bytes = count * type.Bits() / 8;
        return entry.Dtype == type && entry.ByteLength == bytes
            ? null
            : FormattableString.Invariant($"'{name}' has {entry.ByteLength:N0} bytes of {entry.Dtype}, but should have {RuleTexts.Count(bytes)} of {type}");
    }

    private static IEnumerable<(string Name, Tensor Value)> PartsWithState(string weight, QuantizedTensor source)
    {
        yield return (weight, source.Packed);
        yield return (weight + Scales, source.Scales.Values);
        yield return (weight + Map, tensor(CodeTable.Of(source.Settings.Type).FileValues));
        yield return (weight + State + QuantizedState.NameOf(source.Settings.Type), tensor(QuantizedState.Of(source).ToBytes()));
        if (source.Scales.Nested is { } nested)
        {
            yield return (weight + NestedScales, nested);
            yield return (weight + NestedMap, tensor(CodeTable.SignedDynamic.Values));
        }
    }

    private static string? StateName(ModelDirectory files, string weight) => QuantizedState.WithState
        .Select(type => weight + State + QuantizedState.NameOf(type))
        .FirstOrDefault(files.Contains);

    private static QuantizedState? ReadState(ModelDirectory files, string weight, out string? problem)
    {
        SafetensorsEntry entry = files.Entry(StateName(files, weight)!);
        if (entry.Dtype != SafetensorsDtype.U8 || entry.ByteLength is 0 or > LongestState)
        {
            problem = "is not a short text in bytes";
            return null;
        }

        using Tensor text = files.Read(entry.Name);
        return QuantizedState.Parse(text.bytes, out problem);
    }

    // Codes can be stored as numbers of any type, so that programs which shard parameters by type take them along.
    private static string? Codes(ModelDirectory files, string name, long bytes) => !files.Contains(name)
        ? $"'{name}' is missing"
        : files.Entry(name).ByteLength is var length && length == bytes
        ? null
        : $"'{name}' has {RuleTexts.Count(length)} bytes of codes, but should have {RuleTexts.Count(bytes)}";

    // Different values mean a different data type under a known name. The tolerance allows for the last digit, which depends on the machine.
    private static string? Values(ModelDirectory files, string name, float[] expected)
    {
        if (Size(files, name, SafetensorsDtype.F32, expected.Length) is { } problem)
        {
            return problem;
        }

        using Tensor values = files.Read(name);
        bool alike = values.data<float>().Zip(expected, (one, other) => Math.Abs(one - other) <= 1e-3f).All(close => close);
        return alike ? null : $"'{name}' holds other values than those of its type";
    }
}
