namespace KubeDb.Bench.Double;

/// <summary>The machine's clock, with every timer's callback under one lock: the API server double is made for one flow of control.</summary>
internal sealed class SerialTime(Lock gate) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(
            s =>
            {
                lock (gate)
                    callback(s);
            },
            state,
            dueTime,
            period);
}
