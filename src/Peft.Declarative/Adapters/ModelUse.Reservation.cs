namespace Peft.Declarative.Adapters;

// Turns and training runs.
internal sealed partial class ModelUse
{
    /// <summary>The right of one flow of calls to a model.</summary>
    internal sealed class Reservation(ModelUse use, Reservation? outer, bool trains) : IDisposable
    {
        internal bool Trains => trains;

        internal bool Ended { get; set; }

        internal bool ModelIsDisposed => use.IsDisposed;

        /// <summary>The innermost reservation that has not ended.</summary>
        internal static Reservation? Current(Reservation? reservation)
        {
            while (reservation is { Ended: true })
            {
                reservation = reservation.Outer;
            }

            return reservation;
        }

        /// <summary>Whether a reservation is for a training run, or is inside one.</summary>
        internal static bool Trained(Reservation? reservation)
        {
            for (Reservation? current = Current(reservation); current is not null; current = Current(current.Outer))
            {
                if (current.Trains)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>The reservation of the same flow that this one is inside of.</summary>
        internal Reservation? Outer => outer;

        /// <summary>Ends the reservation. A second call does nothing.</summary>
        public void Dispose()
        {
            if (!Ended)
            {
                use.End(this);
            }
        }
    }
}
