namespace Peft.Declarative.Training.Schedules;

/// <summary>Course of the learning rate: a factor on the peak rate for each optimiser step.</summary>
public interface ILearningRateSchedule
{
    /// <summary>Factor that multiplies the peak learning rate.</summary>
    /// <param name="step">Optimiser steps done before this one: 0 for the first. With a warm-up the first factor is 0.</param>
    double Factor(long step);
}
