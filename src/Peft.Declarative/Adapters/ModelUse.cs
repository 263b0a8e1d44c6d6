using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Coordinates the users of a model. A computation or a change runs alone, on one thread. A turn or a training run reserves the model for the flow of
/// calls that began it, across threads and awaits. Other flows wait for the end of a turn, and fail while the model is trained.
/// </summary>
internal sealed partial class ModelUse
{
    private static readonly ConditionalWeakTable<nn.Module, ModelUse> Uses = [];

    private readonly object _gate = new();
    private readonly AsyncLocal<Reservation?> _reserved = new();
    private readonly string _model;
    private Reservation? _holder;
    private int _thread;         // the thread that has entered; 0 for none
    private int _computations;   // the nesting depth of computations
    private int _depth;          // the nesting depth of all entries
    private bool _disposed;

    private ModelUse(string model) => _model = model;

    /// <summary>The adapters of the model; <see langword="null"/> until they are first used.</summary>
    internal AdapterSet? Adapters { get; set; }

    /// <summary>Whether the model was disposed.</summary>
    internal bool IsDisposed => _disposed;

    /// <summary>Counts the changes of the weights of the base and of the adapters that the model has. What was made of them before is out of date.</summary>
    internal int WeightsVersion { get; private set; }

    /// <summary>Gets the coordinator of a model, which lives as long as the model.</summary>
    internal static ModelUse Of(nn.Module model) => Uses.GetValue(model, static module => new ModelUse(module.GetType().Name));

    /// <summary>Enters a computation, which changes neither the weights nor the set of adapters.</summary>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="PeftException">PEFT707: the model is trained by another flow. PEFT708: it was disposed.</exception>
    internal Use Compute(CancellationToken cancellation = default) => Enter(computes: true, null, cancellation);

    /// <summary>Enters a change of the weights, the adapters or their states.</summary>
    /// <param name="what">The name of the change, for messages: "merge adapters".</param>
    /// <exception cref="PeftException">
    /// PEFT707: the model is trained, or the change comes from within a computation. PEFT708: it was disposed.
    /// </exception>
    internal Use Change(string what) => Enter(computes: false, what, CancellationToken.None);

    /// <summary>Enters a change of weights, as <see cref="Change"/> does.</summary>
    internal Use ChangeWeights(string what)
    {
        Use use = Change(what);
        WeightsChanged();
        return use;
    }

    /// <summary>Says that weights change, within a change of the model.</summary>
    internal void WeightsChanged() => WeightsVersion++;

    /// <summary>Reserves the model for the calling flow, after the current users.</summary>
    /// <param name="trains">Whether it is for a training run, during which other flows fail.</param>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    internal Reservation Reserve(bool trains, CancellationToken cancellation = default)
    {
        using CancellationTokenRegistration wake = cancellation.Register(Wake);
        lock (_gate)
        {
            using var place = new Place(this);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                ThrowIfDisposed();
                ThrowIfTrained(trains ? "be trained" : "begin a turn", mine: !trains && Mine);
                ThrowIfComputing(trains ? "be trained" : "begin a turn");
                if (Mine && _thread == 0)
                {
                    _holder = new Reservation(this, _holder, trains);
                    _reserved.Value = _holder;
                    return _holder;
                }

                place.Wait();
            }
        }
    }

    /// <summary>Waits for the end of a computation and prevents new ones. A second call does nothing.</summary>
    /// <exception cref="PeftException">PEFT707: the model is trained by another flow, or is disposed from within a computation.</exception>
    internal void Dispose()
    {
        lock (_gate)
        {
            using var place = new Place(this);
            while (!_disposed)
            {
                ThrowIfTrained("be disposed", Mine);
                ThrowIfComputing("be disposed");
                if (_thread == 0 || _thread == Environment.CurrentManagedThreadId)
                {
                    _disposed = true;
                    Changed();
                    return;
                }

                place.Wait();
            }
        }
    }

    private bool Mine => ReferenceEquals(_holder, Reservation.Current(_reserved.Value));

    private Use Enter(bool computes, string? change, CancellationToken cancellation)
    {
        int here = Environment.CurrentManagedThreadId;
        using CancellationTokenRegistration wake = cancellation.CanBeCanceled ? cancellation.Register(Wake) : default;
        lock (_gate)
        {
            using var place = new Place(this);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                ThrowIfDisposed();
                bool inside = _thread == here;
                if (change is not null)
                {
                    ThrowIfComputing(change);
                }

                ThrowIfTrained(change ?? "compute", mine: computes && Mine);
                if (inside || (Mine && _thread == 0))
                {
                    _thread = here;
                    _depth++;
                    _computations += computes ? 1 : 0;
                    return new Use(this, computes);
                }

                place.Wait();
            }
        }
    }

    private void Leave(bool computes)
    {
        lock (_gate)
        {
            _computations -= computes ? 1 : 0;
            if (--_depth == 0)
            {
                _thread = 0;
                Changed();
            }
        }
    }

    private void End(Reservation reservation)
    {
        lock (_gate)
        {
            reservation.Ended = true;
            WeightsVersion += reservation.Trains ? 1 : 0;
            _reserved.Value = Reservation.Current(_reserved.Value);
            _holder = Reservation.Current(_holder);
            Changed();
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw DisposedError();
        }
    }

    private void ThrowIfTrained(string what, bool mine)
    {
        if (!mine && Reservation.Trained(_holder))
        {
            throw TrainedError(what);
        }
    }

    private void ThrowIfComputing(string what)
    {
        if (_thread == Environment.CurrentManagedThreadId && _computations > 0)
        {
            throw ComputingError(what);
        }
    }

    /// <summary>One entry, which ends when this value is disposed.</summary>
    internal readonly struct Use(ModelUse use, bool computes) : IDisposable
    {
        public void Dispose() => use.Leave(computes);
    }
}
