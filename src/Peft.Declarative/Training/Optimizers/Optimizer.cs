using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Updates parameters by their gradients. The names of its state contain those of the parameters, so that it can be saved and loaded by another
/// process. The learning rate is an argument of each step, and schedules are separate.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly Dictionary<string, Tensor> _state = [];
    private readonly List<Tensor[]> _slots = [];
    private readonly List<Tensor> _kept = [];
    private readonly List<Optimizer> _included = [];

    /// <summary>Creates an optimizer. The parameters belong to the caller.</summary>
    /// <param name="parameters">The unique names, and the parameters, all on one device.</param>
    protected Optimizer(IReadOnlyList<(string Name, Parameter Value)> parameters) => Parameters = parameters;

    /// <summary>
    /// The state by name, such as <c>exp_avg.</c> and the parameter's name. The tensors change with each step; copy them to keep them.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <summary>What is compared before a run is resumed.</summary>
    internal virtual string Kind => GetType().Name;

    /// <summary>The optimized parameters.</summary>
    protected IReadOnlyList<(string Name, Parameter Value)> Parameters { get; }

    /// <summary>Updates every parameter that has a gradient. Others are not changed.</summary>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="skip">
    /// A float32 scalar on the parameters' device. If it is 1, this step changes no parameter. The default is <see langword="null"/>.
    /// </param>
    public void Step(double learningRate, Tensor? skip = null)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        StepWithGradients(learningRate, skip);
    }

    /// <summary>Loads a saved state. The tensors are copied.</summary>
    /// <param name="state">Tensors with exactly the names and shapes of <see cref="State"/>.</param>
    /// <exception cref="PeftException">PEFT407: a tensor is missing, unknown, or has another shape. The message lists all of them.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        List<string> problems = [.. state.Keys.Except(_state.Keys).Select(name => $"'{name}' is unknown")];
        foreach ((string name, Tensor mine) in _state)
        {
            if (!state.TryGetValue(name, out Tensor? saved))
            {
                problems.Add($"'{name}' is missing");
            }
            else if (!saved.shape.AsSpan().SequenceEqual(mine.shape))
            {
                problems.Add($"'{name}' has shape [{string.Join(", ", saved.shape)}], not [{string.Join(", ", mine.shape)}]");
            }
        }

        if (problems.Count > 0)
        {
            throw TrainingErrors.StateDoesNotFit($"the state of {GetType().Name}", problems);
        }

        using IDisposable quiet = no_grad();
        foreach ((string name, Tensor mine) in _state)
        {
            mine.copy_(state[name]);
        }
    }

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        _included.ForEach(optimizer => optimizer.Dispose());
        foreach (Tensor tensor in _state.Values.Concat(_kept))
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Takes over an optimizer of some of the parameters: its state belongs to this one's.</summary>
    private protected void Include(Optimizer optimizer)
    {
        _included.Add(optimizer);
        foreach ((string name, Tensor value) in optimizer.State)
        {
            _state.Add(name, value);
        }
    }

    /// <summary>Performs the step, without recording gradients and in a scope that frees temporary tensors.</summary>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="skip">See <see cref="Step"/>.</param>
    protected abstract void StepWithGradients(double learningRate, Tensor? skip);

    /// <summary>Adds a state tensor for every parameter, which lives as long as the optimizer.</summary>
    /// <param name="slot">The first part of its name.</param>
    /// <param name="start">Creates the initial value.</param>
    /// <returns>The tensors, in the order of the parameters.</returns>
    protected Tensor[] AddState(string slot, Func<Parameter, Tensor> start)
    {
        using IDisposable quiet = no_grad();
        return AddState(slot, [.. Parameters.Select(parameter => start(parameter.Value))]);
    }

    /// <summary>Adds state tensors, one for each parameter, which live as long as the optimizer.</summary>
    private protected Tensor[] AddState(string slot, Tensor[] tensors)
    {
        for (int i = 0; i < tensors.Length; i++)
        {
            _state.Add($"{slot}.{Parameters[i].Name}", tensors[i].DetachFromDisposeScope());
        }

        _slots.Add(tensors);
        return tensors;
    }

    /// <summary>The state of a parameter.</summary>
    private protected IEnumerable<Tensor> StatesOf(int index) => _slots.Select(slot => slot[index]);

    /// <summary>Keeps a tensor as long as the optimizer lives.</summary>
    private protected Tensor Keep(Tensor tensor)
    {
        _kept.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <summary>Adds <paramref name="decay"/> times the weight to the gradient: the weight decay of older optimizers.</summary>
    private protected static Tensor WithDecay(Tensor gradient, Tensor value, double decay) =>
        decay == 0.0 ? gradient : gradient.add(value, alpha: Scalars.Of(decay));

    /// <summary>Updates an average in place: <c>average ← decay · average + (1 − decay) · value</c>.</summary>
    private protected static Tensor MoveAverage(Tensor average, Tensor value, double decay) =>
        average.mul_(Scalars.Of(decay)).add_(value, alpha: Scalars.Of(1.0 - decay));

    /// <summary>Updates an average of squares in place: <c>average ← decay · average + (1 − decay) · value²</c>.</summary>
    private protected static Tensor MoveSquares(Tensor average, Tensor value, double decay) =>
        average.mul_(Scalars.Of(decay)).addcmul_(value, value, Scalars.Of(1.0 - decay));
}
