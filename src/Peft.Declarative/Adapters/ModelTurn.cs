using Peft.Declarative.Adapters;

namespace Peft.Declarative;

/// <summary>
/// A turn on a model: an adapter and the calls that use it, which no other thread comes between. It belongs to the flow of calls that began it, also
/// across awaits and the threads that it starts; the calls of other flows wait. <see cref="PretrainedModel.BeginTurn"/> and <see cref="PretrainedModel.BeginTurnAsync"/> begin one.
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

    /// <summary>Restores the adapters that were active before, and lets the next caller begin. A second call does nothing.</summary>
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
