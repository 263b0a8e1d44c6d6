using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A trained tensor, or one that a network computes during training, which converges faster. After training, only the tensor is needed: the adapter's
/// file contains it, as the reference library's does, and the network is saved beside it for further training.
/// </summary>
internal sealed class ReparameterizedTensor : ExplicitModule, IKeepsType
{
    private const string NetworkName = "prompt_encoder";

    private readonly Func<Tensor> _start;
    private readonly Func<TensorNetwork>? _draw;
    private Parameter? _trained;
    private TensorNetwork? _network;
    private bool _isMade;

    /// <param name="key">The name of the tensor in the adapter's file.</param>
    /// <param name="start">Creates the initial value if there is no network.</param>
    /// <param name="network">Creates the network that computes the tensor; <see langword="null"/> for none.</param>
    internal ReparameterizedTensor(string key, Func<Tensor> start, Func<TensorNetwork>? network = null)
        : base(nameof(ReparameterizedTensor))
    {
        (Key, _start, _draw) = (key, start, network);
        IsMade = network is not null;
    }

    bool IKeepsType.KeepsType => true;

    /// <summary>The name of the tensor in the adapter's file.</summary>
    internal string Key { get; }

    /// <summary>Whether the network is trained instead of the tensor. Always <see langword="false"/> without a network.</summary>
    internal bool IsMade
    {
        get => _isMade;
        set
        {
            _isMade = value && _draw is not null;
            if (_isMade)
            {
                _network ??= Draw();
            }
            else
            {
                _trained ??= Start();
            }
        }
    }

    /// <summary>The trained tensors: those of the network, or the tensor itself.</summary>
    internal IEnumerable<AdapterTensor> Trained => _isMade
        ? _network!.named_parameters().Select(entry => new AdapterTensor($"{NetworkName}.{entry.name}", entry.parameter, ForTraining: true))
        : [new AdapterTensor(Key, _trained!)];

    /// <summary>Computes the tensor for one forward pass.</summary>
    internal Tensor Value() => _isMade ? _network!.Make() : _trained!;

    // Created outside of any dispose scope of the caller, because they belong to the model.
    private TensorNetwork Draw()
    {
        using DisposeScope scope = NewDisposeScope();
        TensorNetwork network = _draw!();
        foreach (Parameter parameter in network.parameters())
        {
            parameter.DetachFromDisposeScope();
        }

        register_module(NetworkName, network);
        return network;
    }

    private Parameter Start()
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var trained = new Parameter(_start().to(ScalarType.Float32, copy: true));
        trained.DetachFromDisposeScope();
        register_parameter(Key, trained);
        return trained;
    }
}

/// <summary>A part with a tensor that a network can compute during training.</summary>
internal interface IReparameterized : IAdapterPart
{
    /// <summary>The tensor and its network.</summary>
    ReparameterizedTensor Tensor { get; }
}
