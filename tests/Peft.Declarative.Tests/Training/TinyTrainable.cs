using Peft.Declarative.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>A frozen bigram model with a low-rank adapter and dropout on it: everything that the training loop can see of a model.</summary>
internal sealed class TinyTrainable : ITrainable, IDisposable
{
    internal const int Vocabulary = 12;
    private const int Width = 6;
    private readonly Tensor _embedding;
    private readonly Tensor _head;
    private readonly List<(string Name, Parameter Value)> _parameters = [];
    private bool _training;

    internal TinyTrainable(int seed = 7)
    {
        using Generator generator = random.manual_seed(seed);
        _embedding = randn(Vocabulary, Width).DetachFromDisposeScope();
        _head = randn(Width, Vocabulary).DetachFromDisposeScope();
        A = Add("lora_A", randn(Width, 3));
        B = Add("lora_B", zeros(3, Width));
    }

    internal Parameter A { get; }

    internal Parameter B { get; }

    internal double Dropout { get; init; }

    /// <summary>Changes the loss, to make it fail.</summary>
    internal Func<Tensor, Tensor>? Spoil { get; set; }

    internal List<string> Saved { get; } = [];

    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters => _parameters;

    public Device Device => CPU;

    public Func<TrainingPlan, TrainingPlan>? ChangePlan { get; set; }

    internal bool Training => _training;

    internal Parameter Add(string name, Tensor value)
    {
        Parameter parameter = new(value);
        parameter.DetachFromDisposeScope();
        _parameters.Add((name, parameter));
        return parameter;
    }

    internal void TakeBase(TinyTrainable other)
    {
        _embedding.copy_(other._embedding);
        _head.copy_(other._head);
    }

    public Tensor SumLoss(MicroBatch micro)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = _embedding.index_select(0, micro.InputIds.flatten());
        Tensor low = nn.functional.dropout(x.mm(A), Dropout, _training);
        Tensor logits = x.add(low.mm(B)).mm(_head).view(micro.InputIds.size(0), -1, Vocabulary);
        Tensor loss = Losses.NextTokenSum(logits, micro.Labels);
        return (Spoil?.Invoke(loss) ?? loss).MoveToOuterDisposeScope();
    }

    public void train(bool on = true) => _training = on;

    public void SaveAdapter(string directory)
    {
        Saved.Add(Path.GetFileName(directory));
        SafetensorsWriter.Write(
            Path.Combine(directory, "adapter_model.safetensors"),
            _parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value));
    }

    public void Dispose()
    {
        _embedding.Dispose();
        _head.Dispose();
        _parameters.ForEach(parameter => parameter.Value.Dispose());
    }
}
