using System.Runtime.ExceptionServices;

namespace Pyflame.Cli.Top;

/// <summary>Shows what is sampled, on a thread of its own.</summary>
internal abstract class TopDisplay
{
    private ExceptionDispatchInfo? _failure;

    /// <summary>Shows until <see cref="Stop"/>, the user's wish or a failure, which <see cref="ThrowFailure"/> tells.</summary>
    public void Run()
    {
        try
        {
            Draw();
        }
        catch (Exception exception)
        {
            // It must get to the thread that gives the terminal back and says what happened.
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Throws what went wrong, if anything did. Once <see cref="Run"/> has returned.</summary>
    public void ThrowFailure() => _failure?.Throw();

    /// <summary>Says that there will be no more samples, and why. From any thread.</summary>
    public abstract void End(string note);

    /// <summary>Has <see cref="Run"/> return soon. From any thread.</summary>
    public abstract void Stop();

    /// <summary>As <see cref="Run"/>, with the exceptions.</summary>
    protected abstract void Draw();
}
