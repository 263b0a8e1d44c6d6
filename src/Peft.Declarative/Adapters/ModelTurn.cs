using Peft.Declarative.Adapters;

namespace Peft.Declarative;

/// <summary>
/// A turn on a model: one adapter and the calls that use it, without calls of other threads in between. It belongs to the flow of calls that began
/// it, also across awaits and the threads that it starts. The calls of other flows wait. <see cref="PretrainedModel.BeginTurn"/> begins a turn.
/// </summary>
/// <example>
/// <code>
/// async Task&lt;string&gt; Answer(string persona, string question)
/// {
///     using ModelTurn turn = model.BeginTurn(persona);
///     return generator.Complete(question);
/// }
/// </code>
/// </example>
public sealed class ModelTurn : IDisposable
{
    private readonly ModelUse.Reservation _reservation;
    private readonly AdapterStates? _before;

    internal ModelTurn(AdapterSet set, ModelUse.Reservation reservation, AdapterStates? before)
    {
        (_reservation, _before) = (reservation, before);
        Adapters = [.. set.Active];
    }

    /// <summary>The adapters that were active when the turn began.</summary>
    public IReadOnlyList<Adapter> Adapters { get; }

    /// <summary>Restores the adapters that were active before, and ends the turn. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_reservation.Ended)
        {
            return;
        }

        try
        {
            if (!_reservation.ModelIsDisposed)
            {
                _before?.Dispose();
            }
        }
        finally
        {
            _reservation.Dispose();
        }
    }
}
