using Peft.Declarative.Adapters;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

// TorchSharp's ways to move a module: to(type or device), cpu, cuda, half, float, double, load and load_state_dict.
public abstract partial class PretrainedModel
{
    /// <summary>
    /// Copies values into the model. The weights of the base are copied into memory of this process; files that they were mapped from do not change.
    /// </summary>
    /// <inheritdoc/>
    /// <exception cref="PeftException">PEFT512: names or shapes do not fit; all are listed. PEFT306: an adapter is merged.</exception>
    public override (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
        Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        using ModelUse.Use change = Adapters.Use.ChangeWeights("load a state");
        Adapters.RefuseWhileMerged("load a state");
        Dictionary<string, Tensor> own = state_dict();
        bool Skipped(string name) => skip?.Contains(name) ?? false;
        List<string> problems =
        [
            .. source.Where(entry => !Skipped(entry.Key) && own.TryGetValue(entry.Key, out Tensor? mine) && !mine.shape.SequenceEqual(entry.Value.shape))
                .Select(entry => $"'{UntrustedText.Shown(entry.Key)}' is [{string.Join(", ", entry.Value.shape)}], but should be [{string.Join(", ", own[entry.Key].shape)}]"),
        ];
        if (strict)
        {
            problems.AddRange(own.Keys.Where(name => !Skipped(name) && !source.ContainsKey(name)).Select(name => $"'{name}' is missing"));
            problems.AddRange(source.Keys.Where(name => !Skipped(name) && !own.ContainsKey(name)).Select(name => $"'{UntrustedText.Shown(name)}' has no counterpart in the model"));
        }

        return problems.Count == 0 ? base.load_state_dict(source, strict, skip) : throw new PeftException(RuleIds.WeightsDoNotFit,
            $"The state does not fit '{GetType().Name}': {ProblemList.Of(problems)}. Use the state of a model of the same sizes, with the same adapters and the same quantization.");
    }

    /// <inheritdoc/>
    /// <exception cref="PeftException">PEFT512: the stream does not fit the model. PEFT306: an adapter is merged.</exception>
    public override nn.Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
    {
        using ModelUse.Use change = Adapters.Use.ChangeWeights("load a state");
        Adapters.RefuseWhileMerged("load a state");
        try
        {
            return base.load(reader, strict, skip, loadedParameters);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or EndOfStreamException or FormatException)
        {
            throw new PeftException(RuleIds.WeightsDoNotFit,
                $"The state cannot be loaded into '{GetType().Name}': {UntrustedText.ShownUpTo(300, error.Message.TrimEnd('.'))}. Use a file that save has written of a model of "
                + "the same sizes, with the same adapters and the same quantization.", error);
        }
    }

    /// <inheritdoc/>
    protected override nn.Module _to(ScalarType dtype, bool non_blocking)
    {
        RequireComputable(dtype);
        return Moved(dtype, device: null, () => base._to(dtype, non_blocking));
    }

    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        Moved(type: null, new Device(deviceType, deviceIndex), () => base._to(deviceType, deviceIndex, non_blocking));

    /// <inheritdoc/>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        RequireComputable(dtype);
        return Moved(dtype, device, () => base._to(device, dtype, non_blocking));
    }

    // Adapters remain float32. Those that are not active have tensors which no module shows at the moment.
    private nn.Module Moved(ScalarType? type, Device? device, Func<nn.Module> move)
    {
        if (device is { type: DeviceType.CUDA } && !cuda.is_available())
        {
            throw new PeftException(RuleIds.NoCudaDevice, $"'{GetType().Name}' cannot be moved to {device}: this libtorch finds no CUDA device. Use the CPU, or a build with CUDA.");
        }

        using ModelUse.Use change = Adapters.Use.ChangeWeights("be moved");
        move();
        if (device is not null)
        {
            Device = device;
            foreach (AdapterTensor tensor in Adapters.SelectMany(adapter => adapter.Tensors))
            {
                TensorHandle.Move(tensor.Value, type: null, device);
            }
        }

        ComputeType = type ?? ComputeType;
        return this;
    }

    private void RequireComputable(ScalarType type)
    {
        if (type is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 or ScalarType.Float16))
        {
            throw new PeftException(RuleIds.InputUnusable,
                $"'{GetType().Name}' cannot compute in {type}. Convert it to float32, bfloat16, float16 or float64; Quantize stores the base in 4 bits.");
        }
    }
}
