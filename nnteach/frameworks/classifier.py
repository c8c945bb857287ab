"""A Keras model as a scikit-learn classifier, so that scikit-learn can clone it, search it and cross-validate it.

Two mistakes are easy to make in such a wrapper, and both are silent. One that forgets its fit settings when it is
cloned trains every candidate for one epoch (keras.wrappers.SKLearnClassifier in Keras 3.15). One that does not say
that it is a classifier is cross-validated without stratification (SciKeras 0.13 with scikit-learn 1.9): with
labels in order, every fold is then tested on classes it never saw. Here all settings are parameters, and
ClassifierMixin sets the tag.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class KerasClassifier(ClassifierMixin, BaseEstimator):
    """A classifier that builds a Keras model and fits it.

    Args:
        build: a function that returns a compiled model with one output per class.
        epochs: to train.
        batch_size: samples per step.
        seed: of the weights and of the order of the samples.
        settings: what `build` is called with; scikit-learn can search each of them by its name.
    """

    def __init__(self, build, epochs=1, batch_size=32, seed=0, **settings):
        self.build, self.epochs, self.batch_size, self.seed = build, epochs, batch_size, seed
        self.settings = settings

    def get_params(self, deep=True):
        """All parameters, those of `build` included: a clone is made from them."""
        own = {name: getattr(self, name) for name in ("build", "epochs", "batch_size", "seed")}
        return own | self.settings

    def set_params(self, **params):
        """Set parameters by name; what is none of ours goes to `build`."""
        for name, value in params.items():
            if name in ("build", "epochs", "batch_size", "seed"):
                setattr(self, name, value)
            else:
                self.settings = self.settings | {name: value}
        return self

    def fit(self, X, y):
        """Build the model anew and train it; X of any shape (n, …), y of shape (n,)."""
        import keras

        keras.utils.set_random_seed(self.seed)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        self.model_ = self.build(**self.settings)
        done = self.model_.fit(X, numbers, epochs=self.epochs, batch_size=self.batch_size, verbose=0)
        self.history_ = done.history
        return self

    def predict_proba(self, X):
        """Probabilities, shape (n, classes); the model ends in a softmax."""
        return np.asarray(self.model_.predict(X, verbose=0))

    def predict(self, X):
        """The most probable classes, shape (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
